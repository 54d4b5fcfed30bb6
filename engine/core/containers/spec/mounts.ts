import type { ContainerRecord } from '../../../store/index.ts'
import type { OciMount } from './oci.ts'

const plain = ['nosuid', 'noexec', 'nodev']

/** The files a container gets from us, where it has no say of its own. */
export interface ManagedFiles {
  hosts?: string
  hostname?: string
  resolvConf?: string
  containerEnv?: string
  initProgram?: string
  /** The folder shown as /dev/shm. */
  shm: string
}

/**
 * All mounts of a container in the order of their depth: the kernel's file systems, those asked for, and our files.
 * What the caller mounts at a place of ours wins.
 */
export function containerMounts(record: ContainerRecord, files: ManagedFiles, options: { rootless: boolean }): OciMount[] {
  const { config } = record
  const own = config.mounts.map(({ destination, type, source, options }) => ({ destination, type, source, options }))
  const taken = (place: string) => own.some(({ destination }) => destination === place)
  const mounts = [...kernelMounts(record, files, options), ...managed(files)].filter(({ destination }) => !taken(destination))
  return [...mounts, ...own].sort((one, other) => depth(one.destination) - depth(other.destination))
}

function depth(place: string): number {
  return place.split('/').filter(Boolean).length
}

function kernelMounts({ config }: ContainerRecord, files: ManagedFiles, { rootless }: { rootless: boolean }): OciMount[] {
  const { privileged, namespaces } = config
  const access = privileged ? 'rw' : 'ro'
  const mounts: OciMount[] = [
    { destination: '/proc', type: 'proc', source: 'proc', options: plain },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'] },
    // A terminal's group is tty; a user namespace may have no such id.
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', ...(rootless ? [] : ['gid=5'])],
    },
    sysMount(rootless, namespaces.net.mode === 'host', access),
  ]
  if (namespaces.ipc.mode === 'host') mounts.push(bind('/dev/mqueue', '/dev/mqueue', plain), bind('/dev/shm', '/dev/shm', plain))
  else {
    mounts.push({ destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: plain })
    mounts.push(bind('/dev/shm', files.shm, plain))
  }
  if (namespaces.pid.mode === 'host' && rootless)
    mounts[0] = { destination: '/proc', type: 'bind', source: '/proc', options: ['rbind', ...plain] }
  const cgroupAccess = privileged || config.spec.cgroups_mode === 'split' ? 'rw' : 'ro'
  const cgroup = ['rprivate', ...plain, 'relatime', cgroupAccess]
  // In a host cgroup namespace a user namespace may not mount cgroups anew; the host's tree is shown instead.
  if (rootless && namespaces.cgroup.mode === 'host')
    mounts.push({ destination: '/sys/fs/cgroup', type: 'bind', source: '/sys/fs/cgroup', options: ['rbind', ...cgroup] })
  else mounts.push({ destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: cgroup })
  return mounts
}

/** sysfs shows the network namespace, and only that namespace's owner may mount it. */
function sysMount(rootless: boolean, hostNetwork: boolean, access: string): OciMount {
  if (rootless && hostNetwork)
    return { destination: '/sys', type: 'bind', source: '/sys', options: ['rprivate', ...plain, access, 'rbind'] }
  return { destination: '/sys', type: 'sysfs', source: 'sysfs', options: [...plain, access] }
}

function managed(files: ManagedFiles): OciMount[] {
  const places: [string, string | undefined][] = [
    ['/etc/hosts', files.hosts],
    ['/etc/hostname', files.hostname],
    ['/etc/resolv.conf', files.resolvConf],
    ['/run/.containerenv', files.containerEnv],
  ]
  const mounts = places.flatMap(([place, source]) =>
    source ? [{ destination: place, type: 'bind', source, options: ['bind', 'rprivate'] }] : [],
  )
  if (files.initProgram)
    mounts.push({ destination: '/run/podman-init', type: 'bind', source: files.initProgram, options: ['bind', 'ro', 'private'] })
  return mounts
}

function bind(destination: string, source: string, options: readonly string[]): OciMount {
  return { destination, type: 'bind', source, options: ['bind', 'rprivate', ...options] }
}
