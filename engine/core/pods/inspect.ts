import type { Output, PodSpec } from '../../contract/index.ts'
import { byName } from '../../spec/pair.ts'
import type { ContainerRecord, NamespaceChoice, PodConfig, PodRecord } from '../../store/index.ts'
import { shownMounts } from '../containers/inspection/mounts.ts'
import { portBindings } from '../containers/inspection/network.ts'
import { resolveMounts } from '../containers/resolve/mounts.ts'
import type { Context } from '../context.ts'
import { containerPaths } from '../paths.ts'
import type { Verb } from '../verb.ts'
import { aboveCgroup, shownCgroup } from './cgroup.ts'
import { locatePod } from './members.ts'
import { stateOf } from './state.ts'

/** A pod in full, as podman's pod inspect shows it. */
export const inspect: Verb<'pod.inspect'> = async (context, { name }) => {
  const { pod, members } = await locatePod(context, name)
  const { config } = pod
  const infra = members.find(({ id }) => id === config.infraId)
  return {
    Id: pod.id,
    Name: pod.name,
    Created: pod.created,
    ...(config.createCommand.length === 0 ? {} : { CreateCommand: config.createCommand }),
    ExitPolicy: config.exitPolicy,
    State: stateOf(members),
    Hostname: config.hostname,
    ...(Object.keys(config.labels).length === 0 ? {} : { Labels: byName(config.labels) }),
    CreateCgroup: config.cgroupParent !== '',
    CgroupParent: aboveCgroup(config),
    CgroupPath: shownCgroup(config),
    CreateInfra: config.infraId !== '',
    ...(config.infraId === '' ? {} : { InfraContainerID: config.infraId }),
    ...(infra ? { InfraConfig: infraConfig(infra, config) } : {}),
    ...given({ SharedNamespaces: filled([...config.shared, ...(infra?.config.idMappings ? ['user'] : [])]) }),
    NumContainers: members.length,
    ...(members.length === 0
      ? {}
      : { Containers: members.map((member) => ({ Id: member.id, Name: member.name, State: member.state.status })) }),
    ...limitsOf(config),
    ...sharedBy(context, pod),
    ...(config.restart.name === '' ? {} : { RestartPolicy: config.restart.name }),
    LockNumber: 0,
  }
}

/** Under podman's names; what is not limited is left out. */
function limitsOf({ spec, resources = {} }: PodConfig) {
  const { cpu, memory, blockIO } = resources
  const byPath = (rates: PodSpec['throttleReadBpsDevice']) =>
    rates && Object.entries(rates).map(([Path, { rate }]) => ({ Path, Rate: rate }))
  return given({
    cpu_period: cpu?.period,
    cpu_quota: cpu?.quota,
    cpu_shares: cpu?.shares,
    cpuset_cpus: cpu?.cpus,
    cpuset_mems: cpu?.mems,
    memory_limit: memory?.limit,
    memory_swap: memory?.swap,
    blkio_weight: blockIO?.weight,
    blkio_weight_device:
      spec.weightDevice && Object.entries(spec.weightDevice).map(([Path, { weight }]) => ({ Path, Weight: weight })),
    device_read_bps: byPath(spec.throttleReadBpsDevice),
    device_write_bps: byPath(spec.throttleWriteBpsDevice),
    pids_limit: spec.resource_limits?.pids?.limit,
  })
}

/** What each of its containers gets. */
function sharedBy(context: Context, { id, config: { spec } }: PodRecord) {
  const { mounts, volumes, overlay_volumes, security_opt, volumes_from, pod_devices }: PodSpec = spec
  const resolved = resolveMounts(context, { mounts, volumes, overlay_volumes }, [], [])
  return given({
    mounts: resolved.length > 0 ? shownMounts(resolved, containerPaths(context, id)) : undefined,
    devices: filled(pod_devices)?.map((device) => {
      const [host = '', inside = host, access = ''] = device.split(':')
      return { PathOnHost: host, PathInContainer: inside, CgroupPermissions: access }
    }),
    security_opt: filled(security_opt),
    volumes_from: filled(volumes_from),
  })
}

const filled = <T>(list: T[] | null | undefined) => (list && list.length > 0 ? list : undefined)

function given<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => Boolean(value))) as Partial<T>
}

/** What was asked of pasta, as podman shows it. */
function networkOptions({ mode, value }: NamespaceChoice): Record<string, string[]> | null {
  return mode === 'pasta' && value ? { pasta: value.split(',') } : null
}

function infraConfig({ config }: ContainerRecord, pod: PodConfig): NonNullable<Output<'pod.inspect'>['InfraConfig']> {
  const { spec, namespaces } = config
  return {
    PortBindings: portBindings(config.ports),
    HostNetwork: namespaces.net.mode === 'host',
    StaticIP: '',
    StaticMAC: '',
    NoManageResolvConf: pod.spec.no_manage_resolv_conf ?? false,
    DNSServer: spec.dns_server ?? null,
    DNSSearch: spec.dns_search ?? null,
    DNSOption: spec.dns_option ?? null,
    NoManageHostname: pod.spec.no_manage_hostname ?? false,
    NoManageHosts: pod.spec.no_manage_hosts ?? false,
    HostAdd: spec.hostadd ?? null,
    HostsFile: pod.spec.hosts_file ?? '',
    Networks: filled(Object.keys(config.networks)) ?? null,
    NetworkOptions: networkOptions(namespaces.net),
    ...given({
      cpu_period: pod.resources?.cpu?.period,
      cpu_quota: pod.resources?.cpu?.quota,
      cpuset_cpus: pod.resources?.cpu?.cpus,
    }),
    pid_ns: namespaces.pid.mode,
    userns: config.idMappings ? 'private' : namespaces.user.mode,
    uts_ns: namespaces.uts.mode,
  }
}
