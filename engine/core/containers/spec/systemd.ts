import { existsSync } from 'node:fs'

import type { ContainerRecord } from '../../../store/index.ts'
import type { OciMount } from './oci.ts'

/** Where systemd expects file systems in memory. */
const places = ['/run', '/run/lock', '/tmp', '/var/log/journal']

/** The tree of control groups in which systemd of version 1 keeps its units. */
const namedTree = '/sys/fs/cgroup/systemd'

/** What a container with systemd as its first process gets besides; podman's. What is mounted there by the caller stays. */
export function systemdMounts({ config }: ContainerRecord, unifiedCgroups: boolean): OciMount[] {
  if (!config.systemd) return []
  const size = config.spec.shm_size_systemd
  const options = ['rw', 'rprivate', 'nosuid', 'nodev', 'tmpcopyup', ...(size ? [`size=${size}`] : [])]
  const own = new Set(config.mounts.map(({ destination }) => destination))
  const mounts: OciMount[] = places.map((destination) => ({ destination, type: 'tmpfs', source: 'tmpfs', options }))
  if (hasNamedTree(unifiedCgroups))
    mounts.push({ destination: namedTree, type: 'bind', source: namedTree, options: ['bind', 'rprivate'] })
  return mounts.filter(({ destination }) => !own.has(destination))
}

/** Writing there would run a program of the container's choice on the host. */
export function systemdMaskedPaths({ config }: ContainerRecord, unifiedCgroups: boolean): string[] {
  return config.systemd && hasNamedTree(unifiedCgroups) ? [`${namedTree}/release_agent`] : []
}

function hasNamedTree(unifiedCgroups: boolean): boolean {
  return !unifiedCgroups && existsSync(namedTree)
}
