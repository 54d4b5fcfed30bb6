import type { ContainerSummary, Info, PodSummary } from '../../engine/contract/index.ts'
import type { Image } from '../lib/live-data.ts'

const hex = (seed: string): string => {
  let state = 7
  for (const letter of seed) state = (state * 31 + letter.charCodeAt(0)) >>> 0
  let text = ''
  while (text.length < 64) {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0
    text += state.toString(16).padStart(8, '0')
  }
  return text.slice(0, 64)
}

const now = () => Date.now() / 1000

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
    ImageID: hex('docker.io/library/nginx:1.29'),
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

const port = (host: number, inside: number, ip = '') => ({
  host_ip: ip,
  container_port: inside,
  host_port: host,
  range: 1,
  protocol: 'tcp',
})
const compose = (project: string, service: string) => ({
  'com.docker.compose.project': project,
  'com.docker.compose.service': service,
})

/** A busy little host: single containers, a pod, a compose project, every state. */
export function fakeHost(): { containers: ContainerSummary[]; pods: PodSummary[]; images: Image[]; info: Info } {
  const inPod = (name: string, changes: Partial<ContainerSummary>) =>
    fakeContainer(name, { Pod: hex('pod blog'), PodName: 'blog', ...changes })
  const pod = [
    inPod('blog-infra', { IsInfra: true, Image: 'localhost/berth-pause:1', Command: null, Ports: [port(8081, 80)] }),
    inPod('blog-web', { Ports: [port(8081, 80)] }),
    inPod('blog-db', { Image: 'docker.io/library/mariadb:11.8', Command: ['mariadbd'], StartedAt: now() - 7150 }),
  ]
  const postgres = 'docker.io/library/postgres:17-alpine'
  const single = [
    fakeContainer('proxy', { Ports: [port(80, 80), port(443, 443)], StartedAt: now() - 9 * 86_400 }),
    fakeContainer('registry', {
      Image: 'docker.io/library/registry:2.8.3',
      Command: ['serve', '/etc/registry.yml'],
      Ports: [port(5000, 5000, '127.0.0.1')],
      StartedAt: now() - 3 * 86_400,
    }),
    fakeContainer('nightly-report', {
      Image: 'localhost/report:latest',
      Command: ['/report', '--mail'],
      State: 'exited',
      Exited: true,
      ExitCode: 2,
      ExitedAt: now() - 3600 * 5,
      StartedAt: now() - 3600 * 5 - 40,
    }),
    fakeContainer('trainer', { Image: 'localhost/trainer:cuda', Command: ['python3', 'train.py'], State: 'paused' }),
    fakeContainer('scratchpad', {
      Image: 'docker.io/library/debian:13',
      Command: ['bash'],
      State: 'created',
      StartedAt: -62_135_596_800,
    }),
    fakeContainer('shop-api-1', {
      Image: 'localhost/shop-api:2.4',
      Command: ['node', 'server.js'],
      Labels: compose('shop', 'api'),
      Ports: [port(3000, 3000)],
    }),
    fakeContainer('shop-db-1', {
      Image: postgres,
      Command: ['postgres'],
      Labels: compose('shop', 'db'),
      StartedAt: now() - 7000,
    }),
  ]
  const containers = [...single, ...pod]
  const image = (tag: string, megabytes: number, days: number) =>
    fakeImage(tag, {
      Size: megabytes * 1_000_000,
      Created: now() - days * 86_400,
      Containers: containers.filter((each) => each.Image === tag).length,
    })
  const images = [
    image('docker.io/library/nginx:1.29', 192, 12),
    image(postgres, 279, 20),
    image('docker.io/library/mariadb:11.8', 330, 31),
    image('docker.io/library/registry:2.8.3', 25.4, 400),
    image('docker.io/library/debian:13', 121, 8),
    image('localhost/shop-api:2.4', 187, 2),
    image('localhost/report:latest', 64.2, 1),
    image('localhost/trainer:cuda', 6120, 45),
    fakeImage('<none>:<none>', { RepoTags: null, Names: [], Size: 187_000_000, Created: now() - 3 * 86_400, Dangling: true }),
  ]
  return { containers, pods: [fakePod('blog', pod)], images, info: fakeInfo() }
}
