import type { ContainerInspect } from '../../../contract/index.ts'
import type { ContainerMount, ContainerRecord, NamespaceChoice } from '../../../store/index.ts'
import type { BundleFacts } from './bundle.ts'
import { portBindings } from './network.ts'

const defaultShmSize = 65_536_000

/** `HostConfig` of a container in full: how it is tied to the host. Sizes are bytes. */
export function inspectHostConfig(record: ContainerRecord, { rlimits }: BundleFacts): ContainerInspect['HostConfig'] {
  const { config } = record
  const { spec } = config
  return {
    Binds: config.mounts
      .filter(isBind)
      .map((mount) => `${mount.volume ?? mount.source}:${mount.destination}:${mount.options.join(',')}`),
    CgroupManager: config.cgroupManager,
    ContainerIDFile: spec.cidfile ?? '',
    LogConfig: logConfig(config.log),
    ...modes(config.namespaces),
    PortBindings: portBindings(config.ports),
    RestartPolicy: { Name: config.restart.name || 'no', MaximumRetryCount: config.restart.maximumRetries },
    AutoRemove: config.autoRemove,
    AutoRemoveImage: config.removeImage,
    Annotations: config.annotations,
    VolumeDriver: '',
    VolumesFrom: null,
    CapAdd: spec.cap_add ?? [],
    CapDrop: spec.cap_drop ?? [],
    Dns: spec.dns_server ?? [],
    DnsOptions: spec.dns_option ?? [],
    DnsSearch: spec.dns_search ?? [],
    ExtraHosts: spec.hostadd ?? [],
    HostsFile: '',
    GroupAdd: spec.groups ?? [],
    Cgroup: '',
    Cgroups: config.cgroupManager === 'disabled' ? 'disabled' : 'default',
    Links: null,
    OomScoreAdj: config.oomScoreAdj ?? 0,
    Privileged: config.privileged,
    PublishAllPorts: spec.publish_image_ports ?? false,
    ReadonlyRootfs: config.readOnly,
    SecurityOpt: securityOptions(record),
    Tmpfs: Object.fromEntries(
      config.mounts.filter(({ kind }) => kind === 'tmpfs').map(({ destination, options }) => [destination, options.join(',')]),
    ),
    ShmSize: config.shmSize || defaultShmSize,
    Runtime: 'oci',
    ConsoleSize: [0, 0],
    Isolation: '',
    CgroupParent: config.cgroupParent,
    ...limits(record),
    Devices: (spec.devices ?? []).map(({ path }) => ({ PathOnHost: path, PathInContainer: path, CgroupPermissions: '' })),
    Ulimits: (rlimits ?? config.rlimits).map(({ type, soft, hard }) => ({ Name: type, Soft: soft, Hard: hard })),
    ...unused,
  }
}

function modes({ net, ipc, pid, uts, user, cgroup }: ContainerRecord['config']['namespaces']) {
  return {
    NetworkMode: modeText(net),
    IpcMode: modeText(ipc),
    PidMode: modeText(pid),
    UTSMode: modeText(uts),
    UsernsMode: user.mode === 'host' ? '' : modeText(user),
    CgroupMode: modeText(cgroup),
  }
}

function logConfig({ driver, path, tag, maxSize }: ContainerRecord['config']['log']) {
  return { Type: driver, Config: null, Path: path, Tag: tag, Size: `${maxSize}B` }
}

/** Fields that Docker's clients expect and that never hold anything else. */
const unused = {
  BlkioWeight: 0,
  BlkioWeightDevice: null,
  BlkioDeviceReadBps: null,
  BlkioDeviceWriteBps: null,
  BlkioDeviceReadIOps: null,
  BlkioDeviceWriteIOps: null,
  CpuRealtimePeriod: 0,
  CpuRealtimeRuntime: 0,
  DiskQuota: 0,
  KernelMemory: 0,
  CpuCount: 0,
  CpuPercent: 0,
  IOMaximumIOps: 0,
  IOMaximumBandwidth: 0,
  CgroupConf: null,
}

function limits({ config: { resources } }: ContainerRecord) {
  const { memory = {}, cpu = {}, pids = {} } = resources
  const period = cpu.period ?? 0
  const quota = cpu.quota ?? 0
  return {
    CpuShares: cpu.shares ?? 0,
    Memory: memory.limit ?? 0,
    NanoCpus: period > 0 && quota > 0 ? Math.round((quota / period) * 1e9) : 0,
    CpuPeriod: period,
    CpuQuota: quota,
    CpusetCpus: cpu.cpus ?? '',
    CpusetMems: cpu.mems ?? '',
    MemoryReservation: memory.reservation ?? 0,
    MemorySwap: memory.swap ?? 0,
    MemorySwappiness: memory.swappiness ?? -1,
    OomKillDisable: memory.disableOOMKiller ?? false,
    PidsLimit: pids.limit ?? 0,
  }
}

function securityOptions({ config }: ContainerRecord): string[] {
  const options: string[] = []
  if (config.noNewPrivileges) options.push('no-new-privileges')
  if (config.seccomp !== '') options.push(`seccomp=${config.seccomp}`)
  return options
}

/** As podman writes it: a pod's namespaces are those of its infra container. */
function modeText({ mode, value = '' }: NamespaceChoice): string {
  if (mode === 'container' || mode === 'pod') return `container:${value}`
  return mode === 'path' ? `ns:${value}` : mode
}

export function isBind({ kind }: ContainerMount): boolean {
  return kind === 'bind' || kind === 'volume' || kind === 'image'
}
