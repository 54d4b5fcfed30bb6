import { readFileSync } from 'node:fs'

import type { ContainerRecord } from '../../../store/index.ts'
import { cgroupPlacement, containerCgroupsPath } from '../../config/cgroup-placement.ts'
import type { Context } from '../../context.ts'
import { containerDevices } from './devices.ts'
import { containerMounts, type ManagedFiles } from './mounts.ts'
import { containerNamespaces } from './namespaces.ts'
import type { OciProcess, OciSpec } from './oci.ts'
import { boundingCapabilities } from './capabilities.ts'
import { containerRlimits } from './rlimits.ts'
import { seccompFilter } from './seccomp.ts'
import type { ContainerUser } from './user.ts'

/** What was made ready for one run of a container. */
export interface RunParts {
  rootfs: string
  user: ContainerUser
  /** The container's own network namespace, empty for none of its own. */
  netns: string
  files: ManagedFiles
}

const maskedPaths = [
  '/proc/acpi',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/sys/devices/virtual/powercap',
  '/sys/firmware',
  '/sys/fs/selinux',
]
const readonlyPaths = ['/proc/asound', '/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger']

/** The OCI runtime specification of one run of a container (config.json). */
export async function runtimeSpec(context: Context, record: ContainerRecord, parts: RunParts): Promise<OciSpec> {
  const { config, id } = record
  const { rootless } = context.identity
  const devices = containerDevices(config.spec.devices ?? [], config.privileged, rootless)
  const { masked, readonly } = maskedAndReadonly(record)
  const placement = await cgroupPlacement(context)
  const seccomp = seccompFilter(config.seccomp, config.capabilities)
  const uts = config.namespaces.uts.mode
  const { devices: _, ...limits } = config.resources as Record<string, unknown>
  return {
    ociVersion: '1.2.0',
    process: containerProcess(record, parts),
    root: { path: parts.rootfs, readonly: config.readOnly },
    ...(uts === 'private' || uts === 'shareable' ? { hostname: config.hostname } : {}),
    mounts: [...containerMounts(record, parts.files, { rootless }), ...devices.mounts, ...readOnlyTmpfs(record)],
    annotations: config.annotations,
    linux: {
      ...(Object.keys(config.sysctls).length > 0 ? { sysctl: config.sysctls } : {}),
      resources: placement.manager === 'disabled' ? { devices: devices.rules } : { ...limits, devices: devices.rules },
      cgroupsPath: containerCgroupsPath(placement, id, config.cgroupParent),
      namespaces: containerNamespaces(context, record, parts.netns),
      ...(devices.devices.length > 0 ? { devices: devices.devices } : {}),
      ...(seccomp ? { seccomp } : {}),
      ...(config.privileged ? {} : { maskedPaths: masked, readonlyPaths: readonly }),
    },
  }
}

/** `linux.masked` and `readonly`, with the caller's additions (`mask`) and exceptions (`unmask`, `ALL` for all). */
function maskedAndReadonly({ config: { spec } }: ContainerRecord): { masked: string[]; readonly: string[] } {
  const open = (spec.unmask ?? []).flatMap((each) => each.split(':'))
  const isOpen = (file: string) =>
    open.some(
      (each) => each.toUpperCase() === 'ALL' || each === file || (each.endsWith('*') && file.startsWith(each.slice(0, -1))),
    )
  const masked = [...maskedPaths.filter((file) => !isOpen(file)), ...(spec.mask ?? []).flatMap((each) => each.split(':'))]
  return { masked, readonly: readonlyPaths.filter((file) => !isOpen(file)) }
}

/** With a read-only root, the places where programs expect to write. */
function readOnlyTmpfs({ config }: ContainerRecord): OciSpec['mounts'] {
  if (!config.readOnly || config.spec.read_write_tmpfs === false) return []
  const options = ['rw', 'rprivate', 'nosuid', 'nodev', 'tmpcopyup']
  return ['/tmp', '/var/tmp', '/run']
    .filter((place) => !config.mounts.some(({ destination }) => destination === place))
    .map((destination) => ({ destination, type: 'tmpfs', source: 'tmpfs', options }))
}

function containerProcess(record: ContainerRecord, { user, files }: RunParts): OciProcess {
  const { config } = record
  const { capabilities } = config
  const privilegesOfUser =
    user.uid === 0 || config.privileged ? capabilities : (config.spec.cap_add ?? []).length > 0 ? addedOnly(record) : []
  return {
    terminal: config.terminal,
    user: {
      uid: user.uid,
      gid: user.gid,
      umask: Number.parseInt(config.spec.umask ?? '0022', 8),
      ...(user.groups.length > 0 ? { additionalGids: user.groups } : {}),
    },
    args: [...(files.initProgram ? ['/run/podman-init', '--'] : []), ...config.entrypoint, ...config.command],
    env: runEnvironment(record, user),
    cwd: config.workdir,
    capabilities: {
      bounding: capabilities,
      effective: privilegesOfUser,
      permitted: privilegesOfUser,
      ...(user.uid !== 0 && privilegesOfUser.length > 0 && !config.privileged
        ? { inheritable: privilegesOfUser, ambient: privilegesOfUser }
        : {}),
    },
    rlimits: containerRlimits(config.rlimits, mayRaiseLimits()),
    noNewPrivileges: config.noNewPrivileges,
    ...(config.oomScoreAdj === null ? {} : { oomScoreAdj: Math.max(config.oomScoreAdj, ownOomScore()) }),
  }
}

/** A user other than root keeps only what was asked for by name. */
function addedOnly({ config }: ContainerRecord): string[] {
  const added = (config.spec.cap_add ?? [])
    .map((name) => name.toUpperCase())
    .map((name) => (name.startsWith('CAP_') ? name : `CAP_${name}`))
  return config.capabilities.filter((name) => added.includes(name) || added.includes('CAP_ALL'))
}

/** The environment with what is only known now: HOME by the user, HOSTNAME by the host. */
export function runEnvironment({ config, id }: ContainerRecord, user: ContainerUser): string[] {
  const has = (name: string) => config.env.some((pair) => pair.startsWith(`${name}=`))
  return [
    ...config.env,
    ...(has('HOME') ? [] : [`HOME=${user.home}`]),
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

/** Lowering it below our own needs a right that many hosts do not give. */
function ownOomScore(): number {
  return mayRaiseLimits() ? -1000 : Number(readFileSync('/proc/self/oom_score_adj', 'utf8'))
}
