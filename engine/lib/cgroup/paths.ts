import path from 'node:path'
import { EngineError } from '../../errors/index.ts'
import type { CgroupMode, Cgroups } from './mode.ts'
import { readSmallFile } from './small-file.ts'

/** The version 1 controllers a container is put into. */
export const v1Controllers = ['memory', 'cpu', 'cpuacct', 'pids', 'freezer', 'blkio', 'devices', 'cpuset'] as const

/** One control group, as the folders where it is found. Plain data: may be stored, and outlives the group. */
export interface CgroupPaths {
  mode: CgroupMode
  /** Absolute folders by controller; on a v2 host the one folder, as `unified`. */
  folders: Partial<Record<string, string>>
}

/** Where the control group `group` (`/berth/user-1000/ID`) is, whether it exists or not. @throws InvalidArgument */
export function cgroupPaths(cgroups: Cgroups, group: string): CgroupPaths {
  if (!group.startsWith('/') || group.split('/').includes('..')) {
    throw new EngineError('InvalidArgument', `The control group "${group}" is not an absolute path without "..".`)
  }
  if (cgroups.mode === 'v2') return { mode: 'v2', folders: { unified: path.join(cgroups.root, group) } }
  const folders = v1Controllers.map((controller) => [controller, path.join(cgroups.root, controller, group)])
  return { mode: cgroups.mode, folders: Object.fromEntries(folders) as Record<string, string> }
}

/**
 * The control group a process is in, or `null` if there is no such process.
 *
 * crun puts a container's processes one level below the group that has its limits; the answer is the one with the limits.
 */
export function cgroupOfProcess(cgroups: Cgroups, pid: number | 'self', procRoot = '/proc'): CgroupPaths | null {
  const text = readSmallFile(path.join(procRoot, String(pid), 'cgroup'))
  if (!text) return null
  const groups = parseProcCgroup(text)
  if (cgroups.mode === 'v2') {
    const group = groups.get('')
    return group === undefined ? null : { mode: 'v2', folders: { unified: path.join(cgroups.root, withoutContainer(group)) } }
  }
  const folders: Record<string, string> = {}
  for (const controller of v1Controllers) {
    const group = groups.get(controller)
    if (group !== undefined) folders[controller] = path.join(cgroups.root, controller, group)
  }
  return { mode: cgroups.mode, folders }
}

/** /proc/PID/cgroup (cgroups(7)): lines `number:controller,controller:/path`; the cgroup2 tree's has the number 0 and no name. */
export function parseProcCgroup(text: string): Map<string, string> {
  const groups = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, names, ...rest] = line.split(':')
    if (names === undefined || rest.length === 0) continue
    for (const name of names.split(',')) groups.set(name, rest.join(':'))
  }
  return groups
}

function withoutContainer(group: string): string {
  return group.endsWith('.scope/container') || group.endsWith('.service/container') ? path.dirname(group) : group
}
