import type { Info } from '../../../contract/index.ts'
import type { Mapping } from '../mapping.ts'

/** The host in Docker's form. */
export const info: Mapping<'docker.system.info'> = async (engine, _input, options) =>
  toInfo(await engine['system.info']({}, options))

/** Fields that Docker's clients expect and that do not apply here. */
const constantInfo = {
  MemoryLimit: true,
  SwapLimit: true,
  CpuCfsPeriod: true,
  CpuCfsQuota: true,
  CPUShares: true,
  CPUSet: true,
  CPURealtimePeriod: true,
  CPURealtimeRuntime: true,
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

const noRegistries = {
  AllowNondistributableArtifactsCIDRs: [],
  AllowNondistributableArtifactsHostnames: [],
  InsecureRegistryCIDRs: [],
  Mirrors: [],
}

function toInfo({ host, store, version, registries, plugins, berth }: Info) {
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
    Plugins: {
      Volume: ['local'],
      Network: plugins['network'] ?? [],
      Authorization: null,
      Log: plugins['log'] ?? [host.logDriver],
    },
    BuildahVersion: host.buildahVersion,
    DriverStatus: typeof status === 'object' && status !== null ? Object.entries(status) : [],
    RegistryConfig: { ...noRegistries, IndexConfigs: toIndexes(registries) },
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
