import type { ContainerSpec, Namespace } from '../../../contract/index.ts'
import { inContext } from '../../../spec/bad-value.ts'
import { joinMounts, parseVolume } from '../../../spec/mount.ts'
import { parseMount } from '../../../spec/mount-keys.ts'
import { longestHostname } from '../../../spec/name.ts'
import { parsePairs } from '../../../spec/pair.ts'
import type { ContainersConf } from '../../config/containers-conf.ts'

/**
 * A request with what containers.conf says of every container, where the request itself says nothing. Lists are added to, and a mount of
 * the request's wins over one at the same place.
 *
 * @param hasProfiles whether containers of this user can have a profile of AppArmor's.
 * @throws EngineError `InvalidArgument` for a value that cannot be used, naming its key.
 */
export function withConfDefaults(
  spec: ContainerSpec,
  { containers, engine }: ContainersConf,
  hasProfiles: () => boolean = () => false,
): ContainerSpec {
  const { annotations, apparmorProfile, cgroupConf, cgroups, envHost, label, noHosts, privileged, umask } = containers
  const defaults: ContainerSpec = {
    ...(annotations ? { annotations: { ...parsePairs(annotations, 'annotation'), ...spec.annotations } } : {}),
    // Where there is no AppArmor, a default asks for nothing.
    ...(apparmorProfile && !spec.apparmor_profile && !(spec.privileged ?? privileged) && hasProfiles()
      ? { apparmor_profile: apparmorProfile }
      : {}),
    ...(cgroupConf
      ? {
          unified: { ...inContext('containers.conf, cgroup_conf', () => parsePairs(cgroupConf, 'cgroup_conf')), ...spec.unified },
        }
      : {}),
    ...(cgroups && cgroups !== 'enabled' && !spec.cgroups_mode ? { cgroups_mode: cgroups } : {}),
    ...(envHost !== undefined && spec.env_host === undefined ? { env_host: envHost } : {}),
    ...(label === false && !spec.selinux_opts?.length ? { selinux_opts: ['disable'] } : {}),
    ...(noHosts && (spec.use_image_hosts ?? null) === null && !spec.hostadd?.length ? { use_image_hosts: true } : {}),
    ...(privileged && spec.privileged === undefined ? { privileged: true } : {}),
    ...(umask && !spec.umask ? { umask } : {}),
    ...(engine.imageVolumeMode && !spec.image_volume_mode ? { image_volume_mode: volumeMode(engine.imageVolumeMode) } : {}),
    ...zone(spec, containers),
    ...hostname(spec, containers),
    ...devices(spec, containers),
    ...namespaces(spec, containers),
    ...mounts(spec, containers),
  }
  return Object.keys(defaults).length > 0 ? { ...spec, ...defaults } : spec
}

type Settings = ContainersConf['containers']

const volumeMode = (mode: string): string => (mode === 'bind' ? 'anonymous' : mode)

function zone(spec: ContainerSpec, { tz }: Settings): ContainerSpec {
  return tz && !spec['timezone'] ? ({ timezone: tz } as ContainerSpec) : {}
}

/** The container's name without what a host name cannot have. */
function hostname(spec: ContainerSpec, { containerNameAsHostname }: Settings): ContainerSpec {
  if (!containerNameAsHostname || spec.hostname || !spec.name) return {}
  const name = spec.name.replaceAll(/[^A-Za-z0-9.-]/g, '').slice(0, longestHostname)
  return name === '' ? {} : { hostname: name }
}

function devices(spec: ContainerSpec, { devices: listed = [] }: Settings): ContainerSpec {
  const own = spec.devices ?? []
  const added = listed.filter((path) => !own.some((each) => each.path === path)).map((path) => ({ path }))
  return added.length > 0 ? { devices: [...own, ...added] } : {}
}

function namespaces(spec: ContainerSpec, conf: Settings): ContainerSpec {
  const pairs = [
    ['cgroupns', conf.cgroupns],
    ['ipcns', conf.ipcns],
    ['pidns', conf.pidns],
    ['utsns', conf.utsns],
    ['userns', conf.userns],
  ] as const
  const found: ContainerSpec = {}
  for (const [field, text] of pairs) {
    const mode = spec[field]?.nsmode ?? ''
    // A pod's namespace is not to be replaced by a default, nor the usual one said.
    if (!text || (mode !== '' && mode !== 'default') || spec.pod) continue
    if (field === 'userns' ? text === 'host' : text === 'private' && field !== 'cgroupns' && field !== 'ipcns') continue
    const [nsmode = '', value] = text.split(/:(.*)/s)
    found[field] = { nsmode: nsmode as NonNullable<Namespace['nsmode']>, ...(value ? { value } : {}) }
  }
  return found
}

function mounts(spec: ContainerSpec, { volumes = [], mounts: listed = [] }: Settings): ContainerSpec {
  if (volumes.length === 0 && listed.length === 0) return {}
  const asIs = (file: string) => file
  const parsed = joinMounts([
    ...volumes.map((text) => inContext('containers.conf, volumes', () => parseVolume(text, asIs))),
    ...listed.map((text) => inContext('containers.conf, mounts', () => parseMount(text, asIs))),
  ])
  const taken = new Set([
    ...(spec.mounts ?? []).map(({ destination }) => destination),
    ...(spec.volumes ?? []).map(({ Dest }) => Dest),
    ...(spec.overlay_volumes ?? []).map(({ destination }) => destination),
  ])
  return {
    mounts: [...(parsed.mounts ?? []).filter(({ destination }) => !taken.has(destination)), ...(spec.mounts ?? [])],
    volumes: [...(parsed.volumes ?? []).filter(({ Dest }) => !taken.has(Dest)), ...(spec.volumes ?? [])],
    overlay_volumes: [
      ...(parsed.overlay_volumes ?? []).filter(({ destination }) => !taken.has(destination)),
      ...(spec.overlay_volumes ?? []),
    ],
  }
}
