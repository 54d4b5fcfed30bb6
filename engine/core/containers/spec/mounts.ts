import path from 'node:path'

import type { ContainerMount, ContainerRecord } from '../../../store/index.ts'
import { runtimeSource } from '../mounts/runtime-source.ts'
import { unmasksCgroups } from './masked-paths.ts'
import type { OciMount } from './oci.ts'
import { sysMounts } from './sys-mounts.ts'
import type { ContainerUser } from './user.ts'

const plain = ['nosuid', 'noexec', 'nodev']

/** The engine's own files in a container, unless it mounts its own. */
/** Where a container has the program that reaps for it (`--init`); the name is podman's. */
export const initProgram = '/run/podman-init'

export interface ManagedFiles {
  hosts?: string
  hostname?: string
  resolvConf?: string
  containerEnv?: string
  initProgram?: string
  /** The time zone's file. */
  localtime?: string
  /** Copies with lines of the container's own, where its own files cannot be written. */
  passwd?: string
  group?: string
  /** What the image has at /etc/hosts, where that is the base of ours. */
  imageHosts?: string
  /** The folder shown as /dev/shm. */
  shm: string
}

export interface HostFacts {
  /** Whether it is in a user namespace other than the host's first one. */
  rootless: boolean
  /** Whether its network is one that another user namespace owns. */
  foreignNetwork: boolean
  /** Whether the group of terminals is among the ids of our user namespace. */
  ttyGroup: boolean
  /** Whether the host shows its message queues at their usual place. */
  messageQueues: boolean
  /** Whether the host has cgroup version 2 alone. */
  unifiedCgroups: boolean
}

/** The mounts prepared for the container, and the owner of its files. */
export interface OwnMounts {
  mounts: string
  user: Pick<ContainerUser, 'uid' | 'gid'>
}

/**
 * All mounts of a container in the order of their depth: the kernel's file systems, those asked for, and our files. A mount of the
 * caller's at the same path wins.
 */
export function containerMounts(record: ContainerRecord, files: ManagedFiles, options: HostFacts & OwnMounts): OciMount[] {
  const { config } = record
  const own = config.mounts.map((mount, index) => ownMount(mount, index, options))
  const taken = (place: string) => own.some(({ destination }) => destination === place)
  const mounts = [...kernelMounts(record, files, options), ...managed(files, config)].filter(
    ({ destination }) => !taken(destination),
  )
  return byDepth([...mounts, ...own])
}

function ownMount(mount: ContainerMount, index: number, { mounts, user }: OwnMounts): OciMount {
  const { destination, type, chown } = mount
  const owner = chown && type === 'tmpfs' ? [`uid=${user.uid}`, `gid=${user.gid}`] : []
  return { destination, type, source: runtimeSource(mounts, mount, index), options: [...owner, ...mount.options] }
}

/** What is mounted further up comes first, and so does not hide the others. */
export function byDepth(mounts: readonly OciMount[]): OciMount[] {
  return mounts.toSorted((one, other) => depth(one.destination) - depth(other.destination))
}

function depth(place: string): number {
  return place.split('/').filter(Boolean).length
}

function kernelMounts({ config }: ContainerRecord, files: ManagedFiles, options: HostFacts): OciMount[] {
  const { rootless, unifiedCgroups, ttyGroup } = options
  const { privileged, namespaces } = config
  const memory = config.readOnly && config.spec.read_write_tmpfs === false ? ['ro'] : []
  const mounts: OciMount[] = [
    { destination: '/proc', type: 'proc', source: 'proc', options: [...plain, ...(config.spec.procfs_opts ?? [])] },
    {
      destination: '/dev',
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k', ...memory],
    },
    // A terminal's group is tty; a user namespace may have no such id.
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', ...(ttyGroup ? ['gid=5'] : [])],
    },
    ...sysMounts(rootless, options.foreignNetwork, privileged),
  ]
  mounts.push(...sharedMemory(namespaces.ipc.mode, files, options, memory))
  if (namespaces.pid.mode === 'host' && rootless)
    mounts[0] = { destination: '/proc', type: 'bind', source: '/proc', options: ['rbind', 'rprivate', ...plain] }
  mounts.push(cgroupMount(privileged || (unifiedCgroups && (config.systemd === true || unmasksCgroups(config.spec)))))
  return mounts
}

/** /dev/mqueue and /dev/shm. The host's queues are its IPC namespace's; mounting those is root's. */
function sharedMemory(
  mode: string,
  files: ManagedFiles,
  { rootless, messageQueues }: HostFacts,
  access: readonly string[],
): OciMount[] {
  const queues = { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: plain }
  if (mode === 'host') {
    const shown = !rootless ? [queues] : messageQueues ? [bind('/dev/mqueue', '/dev/mqueue', plain)] : []
    return [...shown, bind('/dev/shm', '/dev/shm', plain)]
  }
  // As with podman: nothing to share memory through.
  return mode === 'none' ? [queues] : [queues, bind('/dev/shm', files.shm, [...plain, ...access])]
}

/**
 * The container's cgroups, of this type and never as a bind mount of the host's: the runtime then mounts each controller by
 * itself, and read-only by itself. With version 1 it shows the container's own groups alone, whatever the cgroup namespace.
 */
function cgroupMount(writable: boolean): OciMount {
  const options = ['rprivate', ...plain, 'relatime', writable ? 'rw' : 'ro']
  return { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options }
}

/** With a read-only root, ours are as read-only as the image's. */
function managed(files: ManagedFiles, { readOnly, spec }: ContainerRecord['config']): OciMount[] {
  const access = readOnly ? ['ro', ...plain] : []
  const places: [string, string | undefined][] = [
    ['/etc/hosts', files.hosts],
    ['/etc/hostname', files.hostname],
    ['/etc/resolv.conf', files.resolvConf],
    ['/etc/localtime', files.localtime],
    ['/etc/passwd', files.passwd],
    ['/etc/group', files.group],
    ['/run/.containerenv', files.containerEnv],
  ]
  const mounts = ['', ...(spec.chroot_directories ?? [])].flatMap((folder) =>
    (folder === '' ? places : places.slice(0, 3)).flatMap(([place, source]) =>
      source
        ? [{ destination: path.posix.join('/', folder, place), type: 'bind', source, options: ['bind', 'rprivate', ...access] }]
        : [],
    ),
  )
  if (files.initProgram)
    mounts.push({ destination: initProgram, type: 'bind', source: files.initProgram, options: ['bind', 'ro', 'private'] })
  return mounts
}

function bind(destination: string, source: string, options: readonly string[]): OciMount {
  return { destination, type: 'bind', source, options: ['bind', 'rprivate', ...options] }
}
