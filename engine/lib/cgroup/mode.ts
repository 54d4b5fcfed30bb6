import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

/**
 * How this host mounts control groups (cgroups(7)): `v2` one unified tree, `v1` a tree for each controller,
 * `hybrid` the v1 trees and a cgroup2 tree at `unified`.
 */
export type CgroupMode = 'v1' | 'hybrid' | 'v2'

export interface Cgroups {
  mode: CgroupMode
  /** Where they are mounted: /sys/fs/cgroup, or a test's folder. */
  root: string
  /** The controllers the cgroup2 tree holds; on a hybrid host mostly none. */
  unifiedControllers: string[]
}

/** Looks at the mounted trees under `root`; a few file reads, no cache. */
export function detectCgroups(root = '/sys/fs/cgroup'): Cgroups {
  if (existsSync(path.join(root, 'cgroup.controllers'))) return { mode: 'v2', root, unifiedControllers: controllersOf(root) }
  const unified = path.join(root, 'unified')
  if (existsSync(path.join(unified, 'cgroup.controllers')))
    return { mode: 'hybrid', root, unifiedControllers: controllersOf(unified) }
  return { mode: 'v1', root, unifiedControllers: [] }
}

function controllersOf(folder: string): string[] {
  return readFileSync(path.join(folder, 'cgroup.controllers'), 'utf8').split(/\s+/).filter(Boolean)
}
