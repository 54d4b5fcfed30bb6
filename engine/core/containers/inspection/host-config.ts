import { inspectAnnotations } from './annotations.ts'
import type { ContainerInspect } from '../../../contract/index.ts'
import { formatIdMapping } from '../../../spec/id-map.ts'
import { defaultShmSize, quotaCpus } from '../../../spec/limit.ts'
import type { ContainerRecord, NamespaceChoice } from '../../../store/index.ts'
import type { ContainerPaths } from '../../paths.ts'
import { capabilityNames } from '../spec/capabilities.ts'
import { isCdiName } from '../spec/cdi-name.ts'
import { parseDevice } from '../spec/devices.ts'
import { unlimited } from '../spec/rlimits.ts'
import type { BundleFacts } from './bundle.ts'
import { inspectBinds } from './mounts.ts'
import { portBindings } from './network.ts'

/** `HostConfig` of a container in full: its settings that depend on the host. Sizes are bytes. */
export function inspectHostConfig(
  record: ContainerRecord,
  { rlimits }: BundleFacts,
  paths: ContainerPaths,
): ContainerInspect['HostConfig'] {
  const { config } = record
  const { spec } = config
  return {
    Binds: inspectBinds(record, paths),
    CgroupManager: config.cgroupManager,
    ContainerIDFile: spec.cidfile ?? '',
    LogConfig: logConfig(config.log),
    ...modes(config.namespaces),
    ...idMappings(record),
    PortBindings: portBindings(config.ports),
    RestartPolicy: { Name: config.restart.name || 'no', MaximumRetryCount: config.restart.maximumRetries },
    AutoRemove: config.autoRemove,
    AutoRemoveImage: config.removeImage,
    Annotations: inspectAnnotations(record),
    VolumeDriver: '',
    VolumesFrom: spec.volumes_from && spec.volumes_from.length > 0 ? spec.volumes_from : null,
    CapAdd: capabilityNames(spec.cap_add),
    CapDrop: capabilityNames(spec.cap_drop),
    ...names(spec),
    GroupAdd: spec.groups ?? [],
    Cgroup: '',
    Cgroups: config.cgroupManager === 'disabled' ? 'disabled' : 'default',
    Links: null,
    OomScoreAdj: config.oomScoreAdj ?? 0,
    Privileged: config.privileged,
    ...(config.init ? { Init: true } : {}),
    PublishAllPorts: spec.publish_image_ports ?? false,
    ReadonlyRootfs: config.readOnly,
    SecurityOpt: securityOptions(record),
    Tmpfs: tmpfsMounts(record),
    ShmSize: config.shmSize || defaultShmSize,
    Runtime: 'oci',
    ConsoleSize: [0, 0],
    Isolation: '',
    CgroupParent: config.cgroupParent,
    ...limits(record),
    ...blockIo(record),
    Devices: devices(record),
    Ulimits: ulimits(rlimits ?? record.config.rlimits),
    ...unused,
  }
}

/** How names are resolved in it. */
function names(spec: ContainerRecord['config']['spec']) {
  return {
    Dns: spec.dns_server ?? [],
    DnsOptions: spec.dns_option ?? [],
    DnsSearch: spec.dns_search ?? [],
    ExtraHosts: spec.hostadd ?? [],
    HostsFile: spec.base_hosts_file ?? '',
  }
}

function modes({ net, ipc, pid, uts, user, cgroup }: ContainerRecord['config']['namespaces']) {
  return {
    NetworkMode: modeText(net),
    IpcMode: modeText(ipc),
    PidMode: modeText(pid),
    UTSMode: modeText(uts),
    UsernsMode: user.mode === 'host' ? '' : own.includes(user.mode) ? 'private' : modeText(user),
    CgroupMode: modeText(cgroup),
  }
}

/** Ways to make a user namespace of the container's own. */
const own = ['auto', 'keep-id', 'nomap', 'private']

function idMappings({ config: { idMappings: ids } }: ContainerRecord) {
  return ids ? { IDMappings: { UidMap: ids.uids.map(formatIdMapping), GidMap: ids.gids.map(formatIdMapping) } } : {}
}

function logConfig({ driver, path, tag, maxSize }: ContainerRecord['config']['log']) {
  return { Type: driver, Config: null, Path: path, Tag: tag, Size: decimalSize(maxSize) }
}

/** As Docker's units have it: `10MB`, with four digits at most. */
function decimalSize(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3)
  return `${Number((bytes / 1000 ** power).toPrecision(4))}${['', 'k', 'M', 'G', 'T', 'P'][power]}B`
}

/** Fields that Docker's clients expect and that never hold anything else. */
const unused = {
  DiskQuota: 0,
  KernelMemory: 0,
  CpuCount: 0,
  CpuPercent: 0,
  IOMaximumIOps: 0,
  IOMaximumBandwidth: 0,
}

/** Devices by the paths that the request has. */
function blockIo({ config: { resources, spec } }: ContainerRecord) {
  const rates = (byPath: Readonly<Record<string, { rate: number }>> | null | undefined) =>
    byPath && Object.keys(byPath).length > 0 ? Object.entries(byPath).map(([Path, { rate }]) => ({ Path, Rate: rate })) : null
  const weights = Object.entries(spec.weightDevice ?? {})
  return {
    BlkioWeight: resources.blockIO?.weight ?? 0,
    BlkioWeightDevice: weights.length > 0 ? weights.map(([Path, { weight = 0 }]) => ({ Path, Weight: weight })) : null,
    BlkioDeviceReadBps: rates(spec.throttleReadBpsDevice),
    BlkioDeviceWriteBps: rates(spec.throttleWriteBpsDevice),
    BlkioDeviceReadIOps: rates(spec.throttleReadIOPSDevice),
    BlkioDeviceWriteIOps: rates(spec.throttleWriteIOPSDevice),
    CpuRealtimePeriod: resources.cpu?.realtimePeriod ?? 0,
    CpuRealtimeRuntime: resources.cpu?.realtimeRuntime ?? 0,
    CgroupConf: resources.unified ?? null,
  }
}

function limits({ config: { resources } }: ContainerRecord) {
  const { memory = {}, cpu = {}, pids = {} } = resources
  const period = cpu.period ?? 0
  const quota = cpu.quota ?? 0
  return {
    CpuShares: cpu.shares ?? 0,
    Memory: memory.limit ?? 0,
    NanoCpus: Math.round(quotaCpus({ quota, period }) * 1e9),
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

function ulimits(rlimits: ContainerRecord['config']['rlimits']) {
  return rlimits
    .toSorted((one, other) => (one.type < other.type ? -1 : 1))
    .map(({ type, soft, hard }) => ({ Name: type, Soft: limitNumber(soft), Hard: limitNumber(hard) }))
}

/** No limit is -1, as in podman's answer. */
function limitNumber(limit: number): number {
  return limit >= unlimited ? -1 : limit
}

function devices({ config: { spec } }: ContainerRecord) {
  return (spec.devices ?? [])
    .filter(({ path }) => !isCdiName(path))
    .map(({ path }) => parseDevice(path))
    .map(({ host, container }) => ({ PathOnHost: host, PathInContainer: container, CgroupPermissions: '' }))
}

/** What was asked for, in podman's order; what is masked besides, or is not, podman does not show. */
function securityOptions({ config: { noNewPrivileges, privileged, annotations, spec } }: ContainerRecord): string[] {
  const given = ['label', 'seccomp', 'apparmor'].flatMap((name) => {
    const value = annotations[`io.podman.annotations.${name}`]
    return value ? [`${name}=${value}`] : []
  })
  const unmasked = privileged || (spec.unmask ?? []).some((each) => each.toLowerCase() === 'all')
  return [...(noNewPrivileges ? ['no-new-privileges'] : []), ...given, ...(unmasked ? ['unmask=all'] : [])]
}

/** As podman writes it: a pod's namespaces are those of its infra container. */
function modeText({ mode, value = '' }: NamespaceChoice): string {
  if (mode === 'container' || mode === 'pod') return `container:${value}`
  return mode === 'path' ? `ns:${value}` : mode
}

function tmpfsMounts({ config }: ContainerRecord): Record<string, string> {
  const mounts = config.mounts.filter(({ kind }) => kind === 'tmpfs')
  return Object.fromEntries(mounts.map(({ destination, options }) => [destination, options.join(',')]))
}
