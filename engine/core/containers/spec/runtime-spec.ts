import { existsSync, readFileSync } from 'node:fs'

import { ownIds } from '../../../lib/process/own-ids.ts'
import { hostId, type IdMapping, type IdMappings, splitIdMap } from '../../../spec/id-map.ts'
import type { ContainerRecord } from '../../../store/index.ts'
import { type CgroupPlacement, cgroupPlacement, containerCgroupsPath } from '../../config/cgroup-placement.ts'
import type { Context } from '../../context.ts'
import { containerPaths } from '../../paths.ts'
import { isCdiName } from './cdi-name.ts'
import { containerDevices } from './devices.ts'
import { maskedPaths, readonlyPaths } from './masked-paths.ts'
import { byDepth, containerMounts, initProgram, type ManagedFiles } from './mounts.ts'
import { containerNamespaces } from './namespaces.ts'
import type { OciIdMapping, OciMount, OciProcess, OciSpec } from './oci.ts'
import { boundingCapabilities, capabilityNames } from './capabilities.ts'
import { containerRlimits } from './rlimits.ts'
import { systemdMaskedPaths, systemdMounts } from './systemd.ts'
import { seccompFilter } from './seccomp.ts'
import type { ContainerUser } from './user.ts'

/** What was prepared for one run of a container. */
export interface RunParts {
  rootfs: string
  user: ContainerUser
  /** The container's own network namespace, empty for none of its own. */
  netns: string
  files: ManagedFiles
  /** Where its control group is, if that is known at the start alone. */
  cgroupsPath?: string
}

/** The OCI runtime specification of one run of a container (config.json). */
export async function runtimeSpec(context: Context, record: ContainerRecord, parts: RunParts): Promise<OciSpec> {
  const { config, id } = record
  const ids = config.idMappings
  // In a namespace of its own, or of its user, a container may not do what is the host's root's.
  const rootless = context.identity.rootless || ids !== undefined
  const unifiedCgroups = context.cgroups.mode === 'v2'
  const hostSys = rootless && isForeignNetwork(config)
  const devices = containerDevices(
    { ...config.spec, devices: devicePaths(config.spec) },
    config.privileged,
    context.identity.rootless,
    config.systemd,
  )
  const placement: CgroupPlacement =
    config.cgroupManager === 'disabled' ? { manager: 'disabled', parent: '' } : await cgroupPlacement(context)
  const seccomp = await seccompFilter(config.seccomp, config.capabilities, undefined, config.labels)
  const uts = config.namespaces.uts.mode
  const { devices: _, ...limits } = config.resources as Record<string, unknown>
  const mounts = allMounts(context, record, parts, { rootless, unifiedCgroups, devices: devices.mounts })
  return {
    ociVersion: '1.2.0',
    process: containerProcess(record, parts),
    root: { path: parts.rootfs, readonly: config.readOnly },
    ...(uts === 'private' || uts === 'shareable' ? { hostname: config.hostname } : {}),
    mounts,
    annotations: config.annotations,
    linux: {
      ...(Object.keys(config.sysctls).length > 0 ? { sysctl: config.sysctls } : {}),
      resources: placement.manager === 'disabled' ? { devices: devices.rules } : { ...limits, devices: devices.rules },
      cgroupsPath: parts.cgroupsPath ?? containerCgroupsPath(placement, id, config.cgroupParent),
      namespaces: containerNamespaces(context, record, parts.netns),
      ...(ids ? idMappings(ids) : {}),
      ...(devices.devices.length > 0 ? { devices: devices.devices } : {}),
      ...(seccomp ? { seccomp } : {}),
      ...(config.spec.intelRdt?.closID ? { intelRdt: { closID: config.spec.intelRdt.closID } } : {}),
      ...rootPropagation(mounts),
      ...(config.spec.personality?.domain ? { personality: { domain: config.spec.personality.domain } } : {}),
      ...(config.privileged
        ? hiddenOf(systemdMaskedPaths(record, unifiedCgroups))
        : confinedPaths(record, hostSys, unifiedCgroups)),
    },
  }
}

/** Parents before what is mounted in them. */
function allMounts(
  context: Context,
  record: ContainerRecord,
  { files, user }: RunParts,
  { rootless, unifiedCgroups, devices }: { rootless: boolean; unifiedCgroups: boolean; devices: readonly OciMount[] },
): OciMount[] {
  const { config, id } = record
  const ids = config.idMappings
  return byDepth([
    ...containerMounts(record, files, {
      rootless,
      unifiedCgroups,
      ttyGroup: ids ? hostId(ids.gids, ttyGroup) !== undefined : !rootless || mapsGroup(ttyGroup),
      foreignNetwork: isForeignNetwork(config),
      messageQueues: existsSync('/dev/mqueue'),
      mounts: containerPaths(context, id).mounts,
      user,
    }),
    ...devices,
    ...systemdMounts(record, unifiedCgroups),
    ...readOnlyTmpfs(record),
    ...notifyMount(context, record),
  ])
}

/** Without those that have a description of their own (cdi.ts). */
const devicePaths = ({ devices }: ContainerRecord['config']['spec']) => (devices ?? []).filter(({ path }) => !isCdiName(path))

/** Nothing is masked for a privileged container, but where it would leave. */
const hiddenOf = (paths: string[]): Partial<OciSpec['linux']> => (paths.length > 0 ? { maskedPaths: paths } : {})

function confinedPaths(record: ContainerRecord, hostSys: boolean, unifiedCgroups: boolean): Partial<OciSpec['linux']> {
  const { spec } = record.config
  return {
    maskedPaths: [...maskedPaths(spec, hostSys), ...systemdMaskedPaths(record, unifiedCgroups)],
    readonlyPaths: readonlyPaths(spec),
  }
}

/**
 * What is mounted `shared` reaches the host, and what is `slave` is reached from it, only if the root does not stand in between: the
 * runtime makes it a slave by default, of which nothing gets out.
 */
function rootPropagation(mounts: readonly OciMount[]): { rootfsPropagation?: string } {
  const has = (...names: string[]) => mounts.some(({ options }) => options.some((option) => names.includes(option)))
  if (has('shared', 'rshared')) return { rootfsPropagation: 'shared' }
  return has('slave', 'rslave') ? { rootfsPropagation: 'rslave' } : {}
}

/** Whether the network is one that another user namespace owns, where /sys cannot be mounted. */
function isForeignNetwork({ idMappings, namespaces: { net, user } }: ContainerRecord['config']): boolean {
  if (net.mode === 'host') return true
  const joined = net.mode === 'container' || net.mode === 'pod' || net.mode === 'path'
  return joined && idMappings !== undefined && (net.mode !== user.mode || net.value !== user.value)
}

function idMappings(ids: IdMappings): Pick<OciSpec['linux'], 'uidMappings' | 'gidMappings'> {
  const own = ownIds()
  return { uidMappings: ociIds(splitIdMap(ids.uids, own.uids)), gidMappings: ociIds(splitIdMap(ids.gids, own.gids)) }
}

function ociIds(map: readonly IdMapping[]): OciIdMapping[] {
  return map.map(({ container_id: containerID, host_id: hostID, size }) => ({ containerID, hostID, size }))
}

/** The group of /dev/pts, by its usual number. */
const ttyGroup = 5

/** Whether a group's number exists in our user namespace. */
function mapsGroup(id: number): boolean {
  return readFileSync('/proc/self/gid_map', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .some(([first = 0, , count = 0]) => id >= first && id < first + count)
}

/** The folder of the socket that the monitor makes for the container, and whose READY=1 it passes on. */
function notifyMount(context: Context, { id, config }: ContainerRecord): OciSpec['mounts'] {
  if (config.notify?.mode !== 'container') return []
  const source = notifyHostFolder(containerPaths(context, id).bundle)
  return [{ destination: notifyFolder, type: 'bind', source, options: ['bind', 'rprivate'] }]
}

const notifyFolder = '/run/notify'

/** Where conmon makes it. */
export const notifyHostFolder = (bundle: string): string => `${bundle}/notify`

/** With a read-only root, the places where programs expect to write. */
function readOnlyTmpfs({ config }: ContainerRecord): OciSpec['mounts'] {
  if (!config.readOnly || config.spec.read_write_tmpfs === false) return []
  const options = ['rw', 'rprivate', 'nosuid', 'nodev', 'tmpcopyup']
  return ['/tmp', '/var/tmp', '/run']
    .filter((place) => !config.mounts.some(({ destination }) => destination === place))
    .filter((place) => !config.systemd || place === '/var/tmp')
    .map((destination) => ({ destination, type: 'tmpfs', source: 'tmpfs', options }))
}

function containerProcess(record: ContainerRecord, { user, files }: RunParts): OciProcess {
  const { config } = record
  const { capabilities } = config
  const privilegesOfUser = user.uid === 0 ? capabilities : (config.spec.cap_add ?? []).length > 0 ? addedOnly(record) : []
  return {
    terminal: config.terminal,
    user: {
      uid: user.uid,
      gid: user.gid,
      umask: Number.parseInt(config.spec.umask ?? '0022', 8),
      ...(user.groups.length > 0 ? { additionalGids: user.groups } : {}),
    },
    args: [...(files.initProgram ? [initProgram, '--'] : []), ...config.entrypoint, ...config.command],
    env: runEnvironment(record, user),
    cwd: config.workdir,
    capabilities: {
      bounding: capabilities,
      effective: privilegesOfUser,
      permitted: privilegesOfUser,
      ...(user.uid !== 0 && privilegesOfUser.length > 0 ? { inheritable: privilegesOfUser, ambient: privilegesOfUser } : {}),
    },
    rlimits: containerRlimits(config.rlimits, mayRaiseLimits()),
    noNewPrivileges: config.noNewPrivileges,
    ...apparmor(config.spec.apparmor_profile),
    ...(config.oomScoreAdj === null ? {} : { oomScoreAdj: Math.max(config.oomScoreAdj, ownOomScore()) }),
  }
}

/** Without a profile nothing is confined by one; runtimes fail to set `unconfined` without AppArmor. */
function apparmor(profile: string | undefined): Pick<OciProcess, 'apparmorProfile'> {
  return profile && profile !== 'unconfined' ? { apparmorProfile: profile } : {}
}

/** A user other than root keeps only what was asked for by name. */
function addedOnly({ config }: ContainerRecord): string[] {
  const added = capabilityNames(config.spec.cap_add)
  return config.capabilities.filter((name) => added.includes(name) || added.includes('ALL'))
}

/** The environment with what is only known now: HOME by the user, HOSTNAME by the host. */
export function runEnvironment({ config, id }: ContainerRecord, user: ContainerUser): string[] {
  const has = (name: string) => config.env.some((pair) => pair.startsWith(`${name}=`))
  return [
    ...config.env,
    ...(has('HOME') ? [] : [`HOME=${user.home}`]),
    ...(config.systemd && !has('container_uuid') ? [`container_uuid=${id.slice(0, 32)}`] : []),
    ...(config.notify?.mode === 'container' ? [`NOTIFY_SOCKET=${notifyFolder}/notify.sock`] : []),
    ...(has('HOSTNAME') ? [] : [`HOSTNAME=${config.hostname || id.slice(0, 12)}`]),
  ]
}

let raises: boolean | undefined

/** In a user namespace the bit is there but does not count for the host's limits. */
function mayRaiseLimits(): boolean {
  raises ??=
    boundingCapabilities().includes('CAP_SYS_RESOURCE') && readFileSync('/proc/self/uid_map', 'utf8').includes('4294967295')
  return raises
}

/** Lowering it below our own needs a capability that many hosts do not grant. */
function ownOomScore(): number {
  return mayRaiseLimits() ? -1000 : Number(readFileSync('/proc/self/oom_score_adj', 'utf8'))
}
