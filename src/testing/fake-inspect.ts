import type { ContainerInspect, ContainerSummary } from '../../engine/contract/index.ts'

const time = (seconds: number) => (seconds > 0 ? new Date(seconds * 1000).toISOString() : '0001-01-01T00:00:00Z')

function stateOf(container: ContainerSummary): ContainerInspect['State'] {
  const running = container.State === 'running' || container.State === 'paused'
  return {
    OciVersion: '1.2.0',
    Status: container.State,
    Running: running,
    Paused: container.State === 'paused',
    Restarting: false,
    OOMKilled: false,
    Dead: false,
    Pid: running ? container.Pid : 0,
    ExitCode: container.ExitCode,
    Error: '',
    StartedAt: time(container.StartedAt),
    FinishedAt: time(container.ExitedAt),
    Checkpointed: container.State === 'exited',
  }
}

function networkOf(container: ContainerSummary): ContainerInspect['NetworkSettings'] {
  return {
    IPAddress: '10.88.0.12',
    IPPrefixLen: 16,
    Gateway: '10.88.0.1',
    MacAddress: '2e:5b:11:0a:33:0c',
    SandboxKey: '',
    Ports: Object.fromEntries(
      (container.Ports ?? []).map((port) => [
        `${port.container_port}/tcp`,
        [{ HostIp: port.host_ip ?? '', HostPort: String(port.host_port) }],
      ]),
    ),
  }
}

function configOf(container: ContainerSummary): ContainerInspect['Config'] {
  return {
    Hostname: container.Id.slice(0, 12),
    Domainname: '',
    User: '',
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    Tty: container.Names[0] === 'scratchpad',
    OpenStdin: false,
    StdinOnce: false,
    Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'NGINX_VERSION=1.29.3', 'TERM=xterm'],
    Cmd: container.Command,
    Image: container.Image,
    Volumes: null,
    WorkingDir: '/',
    Entrypoint: ['/docker-entrypoint.sh'],
    Labels: container.Labels,
    Annotations: null,
    StopSignal: 'SIGQUIT',
    StopTimeout: 10,
  }
}

const hostConfig: ContainerInspect['HostConfig'] = {
  Binds: [],
  NetworkMode: 'bridge',
  PortBindings: {},
  RestartPolicy: { Name: 'always', MaximumRetryCount: 0 },
  AutoRemove: false,
  Privileged: false,
  Memory: 536_870_912,
  NanoCpus: 1_500_000_000,
  CpuShares: 0,
  CpuPeriod: 0,
  CpuQuota: 0,
  PidsLimit: 2048,
  LogConfig: { Type: 'k8s-file', Path: '' },
  ReadonlyRootfs: false,
  Runtime: 'oci',
}

const mounts: ContainerInspect['Mounts'] = [
  {
    Type: 'volume',
    Name: 'web-data',
    Source: '/var/lib/berth/volumes/web-data/_data',
    Destination: '/usr/share/nginx/html',
    Driver: 'local',
    Mode: '',
    Options: [],
    RW: true,
    Propagation: '',
  },
]

/** A container in full, as its summary in the fake's list has it. */
export function fakeInspect(container: ContainerSummary): ContainerInspect {
  return {
    Id: container.Id,
    Created: container.Created,
    Path: container.Command?.[0] ?? '',
    Args: container.Command?.slice(1) ?? [],
    State: stateOf(container),
    Image: container.ImageID,
    ImageDigest: `sha256:${container.ImageID}`,
    ImageName: container.Image,
    Rootfs: '',
    Pod: container.Pod,
    ResolvConfPath: '',
    HostnamePath: '',
    HostsPath: '',
    StaticDir: '',
    OCIRuntime: 'crun',
    ConmonPidFile: '',
    PidFile: '',
    Name: container.Names[0]!,
    RestartCount: 0,
    Driver: 'overlay',
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: '',
    EffectiveCaps: ['CAP_CHOWN', 'CAP_KILL'],
    BoundingCaps: ['CAP_CHOWN', 'CAP_KILL'],
    ExecIDs: [],
    GraphDriver: { Name: 'overlay', Data: {} },
    Mounts: mounts,
    Dependencies: [],
    NetworkSettings: networkOf(container),
    Namespace: '',
    IsInfra: container.IsInfra,
    IsService: false,
    Config: configOf(container),
    HostConfig: hostConfig,
  }
}
