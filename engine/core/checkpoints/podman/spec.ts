import type { ContainerSpec } from '../../../contract/index.ts'
import { defaultCapabilities } from '../../containers/spec/capabilities.ts'
import { hiddenByDefault } from '../../containers/spec/masked-paths.ts'
import { initProgram } from '../../containers/spec/mounts.ts'
import type { PodmanDocument, PodmanSpec } from './document.ts'
import { mountsOf } from './mounts.ts'
import { namespacesOf } from './namespaces.ts'

/** Below these podman puts containers by itself. */
const defaultParents = ['', '/libpod_parent', 'machine.slice', 'user.slice']

/** The request whose container is the same as podman's. Fields that are `undefined` are not given. */
export function specOf(config: PodmanDocument): ContainerSpec {
  const spec: ContainerSpec = {
    ...identityOf(config),
    ...processOf(config),
    ...securityOf(config),
    ...namespacesOf(config),
    ...networkOf(config),
    ...mountsOf(config),
    ...limitsOf(config),
    ...lifeOf(config),
  }
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined && value !== null && value !== ''))
}

function identityOf(config: PodmanDocument): ContainerSpec {
  const { spec } = config
  return {
    image: config.rootfs ? undefined : config.rootfsImageName || config.rootfsImageID || undefined,
    rootfs: config.rootfs ?? undefined,
    rootfs_overlay: config.rootfs_overlay || undefined,
    labels: config.labels,
    // Those that are podman's own follow from the rest.
    annotations: without(spec.annotations, (name) => name.startsWith('io.podman.annotations.')),
    containerCreateCommand: config.CreateCommand,
    init_container_type: config.initContainerType ?? undefined,
    volatile: config.volatile ?? undefined,
  }
}

function processOf({ spec, ...config }: PodmanDocument): ContainerSpec {
  const { process } = spec
  const [first] = process.args ?? []
  return {
    entrypoint: config.entrypoint ?? [],
    command: config.command,
    init: first === initProgram || undefined,
    env: Object.fromEntries((process.env ?? []).map((pair) => [before(pair, '='), pair.slice(before(pair, '=').length + 1)])),
    // What the image adds is among them, and what it was to leave out is not.
    unsetenvall: true,
    httpproxy: false,
    work_dir: process.cwd ?? undefined,
    terminal: process.terminal ?? undefined,
    stdin: config.stdin ?? undefined,
    user: config.user ?? undefined,
    groups: config.groups,
    hostusers: config.HostUsers,
    umask: config.umask ?? undefined,
    timezone: config.timezone ?? undefined,
    r_limits: process.rlimits,
    oom_score_adj: process.oomScoreAdj,
    personality: spec.linux.personality?.domain ? { domain: spec.linux.personality.domain } : undefined,
    manage_password: config.passwd,
    passwd_entry: config.passwd_entry ?? undefined,
    group_entry: config.group_entry ?? undefined,
    secret_env: config.secret_env
      ? Object.fromEntries(Object.entries(config.secret_env).map(([variable, { name }]) => [variable, name]))
      : undefined,
  }
}

function securityOf({ spec, ...config }: PodmanDocument): ContainerSpec {
  const { process, linux } = spec
  const privileged = config.privileged ?? false
  const apparmor = process.apparmorProfile ?? ''
  const annotated = spec.annotations?.['io.podman.annotations.seccomp']
  return {
    privileged: privileged || undefined,
    read_only_filesystem: spec.root?.readonly ?? undefined,
    no_new_privileges: process.noNewPrivileges ?? undefined,
    ...(privileged ? {} : { ...capabilitiesOf(process), ...hiddenPathsOf(linux) }),
    seccomp_profile_path: privileged ? undefined : (annotated ?? (linux.seccomp ? undefined : 'unconfined')),
    // podman's own profile has its version in its name.
    apparmor_profile: apparmor.startsWith('containers-default-') ? undefined : apparmor,
    // Without SELinux podman notes that labels are off.
    selinux_opts: (config.labelopts ?? []).filter((option) => option !== 'disable'),
    label_nested: config.label_nested || undefined,
    systemd: config.systemd ? 'always' : 'false',
    sdnotifyMode: config.sdnotifyMode ?? undefined,
    sysctl: linux.sysctl,
  }
}

function capabilitiesOf({ capabilities }: PodmanSpec['process']): ContainerSpec {
  const bounding = capabilities?.bounding ?? []
  return {
    cap_add: bounding.filter((name) => !defaultCapabilities.includes(name)),
    cap_drop: defaultCapabilities.filter((name) => !bounding.includes(name)),
  }
}

/** Earlier versions of podman hide less than ours, which nobody asked for: only what all of them hide can have been uncovered. */
function hiddenPathsOf({ maskedPaths, readonlyPaths }: PodmanSpec['linux']): ContainerSpec {
  const hidden = [...(maskedPaths ?? []), ...(readonlyPaths ?? [])]
  return {
    unmask: hiddenByDefault.filter((file) => !later.includes(file) && !hidden.includes(file)),
    mask: [...new Set(maskedPaths ?? [])].filter((file) => !hiddenByDefault.includes(file)),
  }
}
const later = ['/proc/interrupts', '/sys/devices/virtual/powercap']

function networkOf(config: PodmanDocument): ContainerSpec {
  const own = config.id.slice(0, 12)
  const networks = Object.entries(config.newNetworks ?? {}).map(
    ([name, options]) => [name, { ...options, aliases: (options.aliases ?? []).filter((alias) => alias !== own) }] as const,
  )
  return {
    hostname: config.spec.hostname ?? undefined,
    Networks: networks.length > 0 ? Object.fromEntries(networks) : undefined,
    network_options: config.networkOptions?.pasta ? { pasta: config.networkOptions.pasta } : undefined,
    portmappings: config.newPortMappings,
    expose: config.exposedPorts
      ? Object.fromEntries(Object.entries(config.exposedPorts).map(([port, protocols]) => [port, protocols.join(',')]))
      : undefined,
    dns_server: config.dnsServer,
    dns_search: config.dnsSearch,
    dns_option: config.dnsOption,
    hostadd: config.hostsAdd,
    base_hosts_file: config.BaseHostsFile ?? undefined,
    use_image_hosts: config.UseImageHosts,
    use_image_resolve_conf: config.UseImageResolvConf,
    use_image_hostname: config.useImageHostname,
  }
}

function limitsOf({ spec: { linux }, ...config }: PodmanDocument): ContainerSpec {
  const { devices: rules, ...limits } = linux.resources ?? {}
  const nodes = linux.devices ?? []
  const parent = config.cgroupParent ?? ''
  const extra = (rules ?? []).filter(
    ({ allow, major, minor }) => allow && !nodes.some((node) => node.major === major && node.minor === minor),
  )
  return {
    resource_limits: limits,
    devices: (config.device_host_src ?? nodes).map(({ path }) => ({ path })),
    device_cgroup_rule: config.privileged
      ? undefined
      : extra.map(({ allow, type, major, minor, access }) => ({
          allow,
          type: type ?? 'a',
          major,
          minor,
          access: access ?? 'rwm',
        })),
    intelRdt: linux.intelRdt?.closID ? { closID: linux.intelRdt.closID } : undefined,
    cgroup_parent: defaultParents.includes(parent) || config.pod ? undefined : parent,
    cgroups_mode: config.cgroupsMode ?? undefined,
  }
}

function lifeOf(config: PodmanDocument): ContainerSpec {
  return {
    stop_signal: config.stopSignal ?? undefined,
    stop_timeout: config.stopTimeout ?? undefined,
    timeout: config.timeout ?? undefined,
    restart_policy: config.restart_policy ?? undefined,
    restart_tries: config.restart_retries ?? undefined,
    remove: config.spec.annotations?.['io.podman.annotations.autoremove'] === 'TRUE' || undefined,
    log_configuration: {
      driver: config.logDriver ?? undefined,
      size: config.logSize || undefined,
      ...(config.logTag ? { options: { tag: config.logTag } } : {}),
    },
    // None here is none, whatever the image says.
    healthconfig: config.healthcheck ?? { Test: ['NONE'] },
    startupHealthConfig: config.startupHealthCheck,
    health_check_on_failure_action: config.healthcheck_on_failure_action ?? undefined,
    healthLogDestination: config.healthLogDestination ?? undefined,
    healthMaxLogCount: config.healthMaxLogCount ?? undefined,
    healthMaxLogSize: config.healthMaxLogSize ?? undefined,
  }
}

function without(map: Record<string, string> | null | undefined, isLeftOut: (name: string) => boolean): Record<string, string> {
  return Object.fromEntries(Object.entries(map ?? {}).filter(([name]) => !isLeftOut(name)))
}

function before(text: string, mark: string): string {
  const at = text.indexOf(mark)
  return at === -1 ? text : text.slice(0, at)
}
