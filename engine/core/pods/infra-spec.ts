import type { ContainerSpec, PodSpec } from '../../contract/index.ts'
import { parseSecurity } from '../../spec/security-option.ts'
import type { PodRecord } from '../../store/index.ts'
import { podHostname } from '../containers/resolve/resolve-config.ts'
import type { Context } from '../context.ts'
import { pauseRootfs } from './pause-rootfs.ts'

/** The request for a pod's infra container, which holds what the members share. */
export function infraSpec(context: Context, spec: PodSpec, pod: PodRecord): ContainerSpec {
  return {
    name: spec.infra_name || `${pod.id.slice(0, 12)}-infra`,
    ...program(context, spec),
    hostname: spec.utsns?.nsmode === 'host' ? undefined : podHostname(pod),
    restart_policy: 'no',
    ...namespaces(context, spec),
    ...network(spec),
    ...parseSecurity(spec.security_opt ?? []),
    sysctl: spec.sysctl,
    devices: (spec.pod_devices ?? []).map((path) => ({ path })),
    shm_size: spec.shm_size,
    shm_size_systemd: spec.shm_size_systemd,
    userns: spec.userns,
    idmappings: spec.idmappings,
    conmon_pid_file: spec.infra_conmon_pid_file,
    log_configuration: { driver: 'none' },
  }
}

/** Of an image, or the engine's own: as the entrypoint, since lists show no command for infra containers. */
function program(context: Context, { infra_image: image, infra_command: words }: PodSpec): ContainerSpec {
  if (image) return { image, raw_image_name: image, ...(words ? { entrypoint: words, command: [] } : {}) }
  return { rootfs: pauseRootfs(context), entrypoint: words ?? ['/catatonit', '-P'], command: [] }
}

/** Explicit: by default they would be taken from the pod, which is itself. */
function namespaces(context: Context, spec: PodSpec): ContainerSpec {
  const hasNetworks = Object.keys(spec.Networks ?? {}).length > 0
  const usual = { nsmode: hasNetworks ? ('bridge' as const) : ('private' as const) }
  const chosen = <T extends { nsmode?: string | undefined }>(given: T | undefined) =>
    given?.nsmode && given.nsmode !== 'default' ? given : undefined
  return {
    netns: chosen(spec.netns) ?? usual,
    ipcns: chosen(spec.ipcns) ?? { nsmode: 'shareable' },
    utsns: chosen(spec.utsns) ?? { nsmode: 'private' },
    pidns: chosen(spec.pidns) ?? { nsmode: 'private' },
    cgroupns: { nsmode: context.cgroups.mode === 'v2' ? 'private' : 'host' },
  }
}

function network(spec: PodSpec): ContainerSpec {
  return {
    Networks: spec.Networks,
    portmappings: spec.portmappings,
    network_options: spec.network_options,
    dns_server: spec.dns_server,
    dns_search: spec.dns_search,
    dns_option: spec.dns_option,
    hostadd: spec.hostadd,
    base_hosts_file: spec.hosts_file,
    use_image_hosts: spec.no_manage_hosts,
    use_image_resolve_conf: spec.no_manage_resolv_conf,
    use_image_hostname: spec.no_manage_hostname,
  }
}
