import type { ContainerInspect, ContainerState, ContainerSummary, Engine } from '../../engine/contract/index.ts'
import { EngineError } from '../../engine/errors/index.ts'
import { fakeContainer } from './fake-data.ts'
import type { FakeWorld } from './fake-engine.ts'

type Verbs = Partial<Engine>

/** The container operations of the fake. */
export function containerVerbs(world: FakeWorld): Verbs {
  const { state, emit } = world
  const find = (name: string) => findContainer(world, name)
  const change = (name: string, changes: Partial<ContainerSummary>, action: string) => {
    const old = find(name)
    state.containers = state.containers.map((each) => (each === old ? { ...each, ...changes } : each))
    emit('container', action, old.Id, old.Names[0]!)
  }
  const to =
    (next: ContainerState, action: string, extra: () => Partial<ContainerSummary> = () => ({})) =>
    async ({ name }: { name: string }) =>
      change(name, { State: next, ...extra() }, action)
  const seconds = () => Math.floor(Date.now() / 1000)
  return {
    'container.list': async () => state.containers,
    'container.inspect': async ({ name }) => inspect(find(name)),
    'container.start': to('running', 'start', () => ({ StartedAt: seconds(), Exited: false })),
    'container.stop': to('exited', 'died', () => ({ Exited: true, ExitedAt: seconds(), ExitCode: 0 })),
    'container.restart': to('running', 'restart', () => ({ StartedAt: seconds(), Exited: false })),
    'container.kill': to('exited', 'kill', () => ({ Exited: true, ExitedAt: seconds(), ExitCode: 137 })),
    'container.pause': to('paused', 'pause'),
    'container.unpause': to('running', 'unpause'),
    'container.rename': async ({ container, name }) => change(container, { Names: [name] }, 'rename'),
    'container.remove': async ({ name }) => {
      const old = find(name)
      state.containers = state.containers.filter((each) => each !== old)
      emit('container', 'remove', old.Id, old.Names[0]!)
      return [{ Id: old.Id }]
    },
    'container.checkpoint': async ({ name, leaveRunning }) => {
      if (!leaveRunning) change(name, { State: 'exited', Exited: true, ExitedAt: seconds() }, 'checkpoint')
      return { Id: find(name).Id }
    },
    'container.restore': async ({ name }) => {
      change(name, { State: 'running', StartedAt: seconds(), Exited: false }, 'restore')
      return { Id: find(name).Id }
    },
    'container.create': async ({ body }) => {
      const name = body.name ?? `container-${state.containers.length + 1}`
      if (state.containers.some((each) => each.Names.includes(name))) {
        throw new EngineError(
          'ContainerExists',
          `The name ${name} is taken by another container; choose another name, or remove that container.`,
        )
      }
      const pod = state.pods.find((each) => each.Name === body.pod || each.Id === body.pod)
      const made = fakeContainer(name, {
        Image: body.image ?? '',
        Command: body.command ?? null,
        State: 'created',
        Pod: pod?.Id ?? '',
        PodName: pod?.Name ?? '',
        Ports: body.portmappings ?? null,
        StartedAt: -62_135_596_800,
      })
      state.containers = [...state.containers, made]
      emit('container', 'create', made.Id, name)
      return { Id: made.Id, Warnings: [] }
    },
    'container.usage': async ({ seconds: wanted = 900 }) => history(Number(wanted)),
  }
}

/** The container with this name or id. */
export function findContainer({ state }: FakeWorld, name: string): ContainerSummary {
  const found = state.containers.find((each) => each.Id === name || each.Names.includes(name))
  if (!found) throw new EngineError('ContainerNotFound', `There is no container ${name}.`)
  return found
}

function history(seconds: number) {
  const start = Math.floor(Date.now() / 1000) - seconds
  const wave = (at: number, length: number) => Math.sin(at / length) + Math.sin(at / (length / 3)) / 2
  return {
    step: 1,
    start,
    cpu: Array.from({ length: seconds }, (_, at) => (at > 200 && at < 260 ? null : 24 + 12 * wave(at, 40))),
    memory: Array.from({ length: seconds }, (_, at) => (at > 200 && at < 260 ? null : 210e6 + 22e6 * wave(at, 150))),
  }
}

function inspect(container: ContainerSummary): ContainerInspect {
  const running = container.State === 'running' || container.State === 'paused'
  const time = (seconds: number) => (seconds > 0 ? new Date(seconds * 1000).toISOString() : '0001-01-01T00:00:00Z')
  return {
    Id: container.Id,
    Created: container.Created,
    Path: container.Command?.[0] ?? '',
    Args: container.Command?.slice(1) ?? [],
    State: {
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
    },
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
    Mounts: [
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
    ],
    Dependencies: [],
    NetworkSettings: {
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
    },
    Namespace: '',
    IsInfra: container.IsInfra,
    IsService: false,
    Config: {
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
    },
    HostConfig: {
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
    },
  }
}
