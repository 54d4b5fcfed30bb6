import type { DiskUsage, Event, Info } from '../../contract/index.ts'
import { familiar, withAlgorithm } from './names.ts'
import { type CompatRoute, filtersOf, isOn, json, jsonLines } from './route.ts'

/** The host, disk use and events in Docker's form. Version and ping are the same in both APIs (fixed-routes.ts). */
export const systemRoutes: CompatRoute[] = [
  {
    method: 'GET',
    path: /^\/info$/,
    handle: async ({ engine, options }) => json(toInfo(await engine['system.info']({}, options))),
  },
  {
    method: 'GET',
    path: /^\/system\/df$/,
    handle: async ({ engine, options }) => json(toDiskUsage(await engine['system.df']({}, options))),
  },
  {
    method: 'GET',
    path: /^\/events$/,
    statuses: { fields: { filters: 400 }, others: 500 },
    async handle({ engine, query, options, onBreak }) {
      const [since, until] = [query.get('since'), query.get('until')]
      const events = await engine['system.events'](
        {
          stream: query.get('stream') === null || isOn(query, 'stream'),
          ...(since ? { since } : {}),
          ...(until ? { until } : {}),
          ...filtersOf(query),
        },
        options,
      )
      return jsonLines(toEvents(events), onBreak)
    },
  },
]

/** What Docker calls what libpod has another word for. */
const words: Readonly<Record<string, string>> = {
  'container died': 'die',
  'container remove': 'destroy',
  'image remove': 'delete',
}

async function* toEvents(events: AsyncIterable<Event>): AsyncGenerator<object> {
  for await (const event of events) {
    const action = words[`${event.Type} ${event.Action}`] ?? event.Action
    yield { ...event, Action: action, status: action }
  }
}

/** What Docker's clients expect and means nothing here. */
const constantInfo = {
  MemoryLimit: true,
  SwapLimit: true,
  CpuCfsPeriod: true,
  CpuCfsQuota: true,
  CPUShares: true,
  CPUSet: true,
  PidsLimit: true,
  IPv4Forwarding: true,
  BridgeNfIptables: true,
  BridgeNfIp6tables: true,
  Debug: false,
  OomKillDisable: true,
  NFd: 0,
  NGoroutines: 0,
  NEventsListener: 0,
  IndexServerAddress: 'https://index.docker.io/v1/',
  GenericResources: null,
  HttpProxy: '',
  HttpsProxy: '',
  NoProxy: '',
  Labels: null,
  ExperimentalBuild: true,
  ProductLicense: 'Apache-2.0',
  CDISpecDirs: null,
  Swarm: { NodeID: '', NodeAddr: '', LocalNodeState: 'inactive', ControlAvailable: false, Error: '', RemoteManagers: null },
  LiveRestoreEnabled: false,
  Isolation: '',
  InitBinary: '',
  ContainerdCommit: { ID: '', Expected: '' },
  RuncCommit: { ID: '', Expected: '' },
  InitCommit: { ID: '', Expected: '' },
}

function toInfo({ host, store, version, registries, berth }: Info): object {
  const { containerStore } = store
  const status = store['graphStatus']
  return {
    ...constantInfo,
    ID: host.hostname,
    Containers: containerStore.number,
    ContainersRunning: containerStore.running,
    ContainersPaused: containerStore.paused,
    ContainersStopped: containerStore.stopped,
    Images: store.imageStore.number,
    Driver: store.graphDriverName,
    Plugins: { Volume: ['local'], Network: ['bridge', 'macvlan', 'ipvlan'], Authorization: null, Log: [host.logDriver] },
    DriverStatus: typeof status === 'object' && status !== null ? Object.entries(status) : [],
    RegistryConfig: {
      AllowNondistributableArtifactsCIDRs: [],
      AllowNondistributableArtifactsHostnames: [],
      InsecureRegistryCIDRs: [],
      IndexConfigs: toIndexes(registries),
      Mirrors: [],
    },
    Rootless: host.security.rootless,
    SwapFree: host.swapFree,
    SwapTotal: host.swapTotal,
    Uptime: host.uptime,
    SystemTime: new Date().toISOString(),
    LoggingDriver: host.logDriver,
    CgroupDriver: host.cgroupManager,
    CgroupVersion: host.cgroupVersion.replace(/^v/, ''),
    KernelVersion: host.kernel,
    OperatingSystem: host.distribution.distribution,
    OSVersion: host.distribution.version,
    OSType: host.os,
    Architecture: host.arch,
    NCPU: host.cpus,
    MemTotal: host.memTotal,
    DockerRootDir: store.graphRoot,
    Name: host.hostname,
    ServerVersion: version.Version,
    Runtimes: { [host.ociRuntime.name]: { path: host.ociRuntime.path } },
    DefaultRuntime: host.ociRuntime.name,
    SecurityOptions: [
      ...(host.security.seccompEnabled ? ['name=seccomp,profile=default'] : []),
      ...(host.security.rootless ? ['name=rootless'] : []),
    ],
    Warnings: berth?.notes ?? [],
  }
}

/** The registries that are configured, by name; `docker info` shows those that are insecure. */
function toIndexes(registries: Info['registries']): object {
  const entries = Object.entries(registries).filter(([name]) => name !== 'search')
  return Object.fromEntries(
    entries.map(([name, value]) => {
      const { Insecure = false, Mirrors } = (value ?? {}) as { Insecure?: boolean; Mirrors?: { Location: string }[] | null }
      return [name, { Name: name, Mirrors: (Mirrors ?? []).map(({ Location }) => Location), Secure: !Insecure, Official: false }]
    }),
  )
}

function toDiskUsage({ Images, Containers, Volumes, ImagesSize }: DiskUsage): object {
  const images = Map.groupBy(Images ?? [], ({ ImageID }) => ImageID)
  return {
    LayersSize: ImagesSize ?? 0,
    Images: [...images].map(([id, [image, ...others]]) => ({
      Containers: image?.Containers ?? 0,
      Created: Math.floor(Date.parse(image?.Created ?? '') / 1000),
      Id: withAlgorithm(id),
      Labels: {},
      ParentId: '',
      RepoDigests: [],
      RepoTags: [image, ...others].flatMap((each) =>
        each && each.Tag !== '<none>' ? [familiar(`${each.Repository}:${each.Tag}`)] : [],
      ),
      SharedSize: image?.SharedSize ?? 0,
      Size: image?.Size ?? 0,
      VirtualSize: image?.Size ?? 0,
    })),
    Containers: (Containers ?? []).map((each) => ({
      Id: each.ContainerID,
      Names: [`/${each.Names}`],
      Image: each.Image,
      Command: (each.Command ?? []).join(' '),
      Created: Math.floor(Date.parse(each.Created) / 1000),
      SizeRw: each.RWSize,
      SizeRootFs: each.Size,
      State: each.Status,
      Status: each.Status,
      Mounts: [],
      Ports: [],
      Labels: {},
      HostConfig: {},
      NetworkSettings: null,
    })),
    Volumes: (Volumes ?? []).map((each) => ({
      Name: each.VolumeName,
      Driver: 'local',
      Mountpoint: '',
      Scope: 'local',
      Labels: {},
      Options: {},
      UsageData: { RefCount: each.Links, Size: each.Size },
    })),
    BuildCache: [],
  }
}
