import type { ContainerSummary, Info, PodSummary } from '../../engine/contract/index.ts'
import type { Image } from '../engine/live/live-data.ts'

/** An id that belongs to a name. */
export const hex = (seed: string): string => {
  let state = 7
  for (const letter of seed) state = (state * 31 + letter.charCodeAt(0)) >>> 0
  let text = ''
  while (text.length < 64) {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0
    text += state.toString(16).padStart(8, '0')
  }
  return text.slice(0, 64)
}

export const now = () => Date.now() / 1000

/** A container as the list has it; `changes` over a running `nginx`. */
export function fakeContainer(name: string, changes: Partial<ContainerSummary> = {}): ContainerSummary {
  return {
    AutoRemove: false,
    Command: ['nginx', '-g', 'daemon off;'],
    Created: new Date(Date.now() - 86_400_000).toISOString(),
    CreatedAt: '',
    CIDFile: '',
    Exited: false,
    ExitedAt: -62_135_596_800,
    ExitCode: 0,
    ExposedPorts: null,
    Id: hex(name),
    Image: 'docker.io/library/nginx:1.29',
    ImageID: hex(changes.Image ?? 'docker.io/library/nginx:1.29'),
    IsInfra: false,
    Labels: null,
    Mounts: [],
    Names: [name],
    Namespaces: {},
    Networks: ['podman'],
    Pid: 4321,
    Pod: '',
    PodName: '',
    Ports: null,
    Restarts: 0,
    Size: null,
    StartedAt: now() - 7200,
    State: 'running',
    Status: '',
    ...changes,
  }
}

/** A container of which everything is long, or many. */
export function longContainer(): ContainerSummary {
  const ports = Array.from({ length: 12 }, (_none, index) => ({
    host_ip: index === 0 ? '2001:db8:85a3:8d3:1319:8a2e:370:7348' : '',
    host_port: 30_000 + index * 100,
    container_port: 30_000 + index * 100,
    range: index < 2 ? 90 : 1,
    protocol: index === 1 ? 'udp' : 'tcp',
  }))
  return fakeContainer('a-very-long-name-that-somebody-generated-from-a-branch-and-a-commit-0123456789abcdef', {
    Image:
      'registry.example.org:5000/department/of/long/names/application-server-with-all-plugins:2026.11.28-nightly-0123456789abcdef',
    Command: ['/usr/local/bin/entrypoint.sh', '--configuration=/etc/application/configuration.production.yaml', '--verbose'],
    Labels: { 'org.opencontainers.image.description': 'A description that is rather longer than a label should be, and goes on' },
    Ports: ports,
    Mounts: ['/data', '/var/lib/application'],
    Networks: ['podman', 'department-of-long-names-internal-network'],
  })
}

/** A pod as the list has it, with these containers. */
export function fakePod(name: string, containers: readonly ContainerSummary[], changes: Partial<PodSummary> = {}): PodSummary {
  return {
    Cgroup: '/libpod_parent',
    Containers: containers.map((each) => ({ Id: each.Id, Names: each.Names[0]!, Status: each.State, RestartCount: 0 })),
    Created: new Date(Date.now() - 86_400_000).toISOString(),
    Id: hex(`pod ${name}`),
    InfraId: hex(`${name}-infra`),
    Name: name,
    Namespace: '',
    Networks: ['podman'],
    Status: 'Running',
    Labels: {},
    ...changes,
  }
}

/** An image as the list has it. */
export function fakeImage(tag: string, changes: Partial<Image> = {}): Image {
  return {
    Id: hex(tag),
    ParentId: '',
    RepoTags: [tag],
    RepoDigests: [`${tag.replace(/:[^:/]*$/, '')}@sha256:${hex(`digest ${tag}`)}`],
    Created: now() - 12 * 86_400,
    Size: 58_400_000,
    SharedSize: 0,
    VirtualSize: 58_400_000,
    Labels: null,
    Containers: 0,
    Arch: 'amd64',
    Os: 'linux',
    Digest: `sha256:${hex(`digest ${tag}`)}`,
    Names: [tag],
    ...changes,
  }
}

/** A host with our engine on it. */
export function fakeInfo(changes: Partial<Info> = {}): Info {
  return {
    host: {
      arch: 'amd64',
      cgroupManager: 'cgroupfs',
      cgroupVersion: 'v2',
      cgroupControllers: ['cpu', 'memory', 'pids'],
      conmon: { package: 'conmon', path: '/usr/bin/conmon', version: 'conmon version 2.1.12' },
      cpus: 8,
      cpuUtilization: { userPercent: 6.8, systemPercent: 3, idlePercent: 90.2 },
      distribution: { distribution: 'debian', version: '13', codename: 'trixie' },
      eventLogger: 'file',
      hostname: 'harbour.example.org',
      kernel: '6.12.48+deb13-amd64',
      logDriver: 'k8s-file',
      memFree: 9_800_000_000,
      memTotal: 33_600_000_000,
      networkBackend: 'netavark',
      ociRuntime: { name: 'crun', package: 'crun_1.21-1', path: '/usr/bin/crun', version: 'crun version 1.21' },
      os: 'linux',
      security: { rootless: false, selinuxEnabled: false, seccompEnabled: true },
      swapFree: 0,
      swapTotal: 0,
      uptime: '310h 5m 5.00s',
    },
    store: {
      configFile: '/etc/containers/storage.conf',
      containerStore: { number: 9, paused: 1, running: 6, stopped: 2 },
      graphDriverName: 'overlay',
      graphRoot: '/var/lib/berth',
      graphRootAllocated: 512_000_000_000,
      graphRootUsed: 143_000_000_000,
      imageStore: { number: 6 },
      runRoot: '/run/berth',
      volumePath: '/var/lib/berth/volumes',
    },
    registries: { search: ['docker.io'] },
    plugins: {},
    version: { APIVersion: '5.4.2', Version: '5.4.2', Os: 'linux', OsArch: 'linux/amd64' },
    berth: { version: '0.1.0', features: ['pull-progress', 'usage-history', 'checkpoint', 'limits', 'rename'], notes: [] },
    ...changes,
  }
}
