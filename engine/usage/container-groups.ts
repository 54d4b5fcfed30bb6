import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'

import type { Cgroups } from '../lib/cgroup/index.ts'

/** A container's control group. */
export interface ContainerGroup {
  id: string
  /** Its path below the tree, `/berth/user-1000/berth-ID`. */
  group: string
  /** Who may make groups there: the owner of the first folder on the way that is not root's. */
  owner: number
}

/** Where containers' groups were found. */
export interface GroupFolder {
  /** Below the tree: `/berth/user-1000`. */
  group: string
  owner: number
}

/** Bounds of a walk: what users make in their own trees costs no more. */
const maxDepth = 12
const maxFolders = 20_000

/** Bounds of the containers that are recorded at a time. */
export const maxContainersOfUser = 1000

/** Names that the engine gives to containers' groups, with the systemd and the cgroupfs manager. */
const containerName = /^berth-([0-9a-f]{64})(?:\.scope)?$/

/** The tree in which groups are looked for: the only one, or of version 1 one that counts. */
export function mainTree({ mode, root }: Pick<Cgroups, 'mode' | 'root'>): string {
  return mode === 'v2' ? root : path.join(root, 'cpuacct')
}

/** Containers' groups of one folder. Empty if it is gone. */
export function groupsIn(tree: string, { group, owner }: GroupFolder): ContainerGroup[] {
  const found: ContainerGroup[] = []
  // Names alone: what they stand for is a folder, since the kernel names its files otherwise.
  for (const name of namesIn(path.join(tree, group))) {
    const id = name.startsWith('berth-') ? containerName.exec(name)?.[1] : undefined
    if (id !== undefined) found.push({ id, group: path.posix.join(group, name), owner })
  }
  return found
}

/** How many folders are in one, which the kernel counts; 0 if it is gone. */
export function countIn(tree: string, { group }: GroupFolder): number {
  return statSync(path.join(tree, group), { throwIfNoEntry: false })?.nlink ?? 0
}

/**
 * Walks the whole tree for folders that hold containers' groups, those that are not to be entered left out. The tree's own owner counts
 * as root, which has another number within a user namespace.
 */
export function findGroupFolders(tree: string): GroupFolder[] {
  const root = ownerOf(tree)
  const found: GroupFolder[] = []
  const waiting: (GroupFolder & { depth: number })[] = [{ group: '/', owner: root ?? 0, depth: 0 }]
  for (let walked = 0; walked < maxFolders; walked += 1) {
    const folder = waiting.pop()
    if (folder === undefined) break
    let holds = false
    for (const name of subfolders(path.join(tree, folder.group))) {
      if (containerName.test(name)) holds = true
      else if (folder.depth < maxDepth) {
        const group = path.posix.join(folder.group, name)
        const owner = folder.owner === root ? (ownerOf(path.join(tree, group)) ?? folder.owner) : folder.owner
        waiting.push({ group, owner, depth: folder.depth + 1 })
      }
    }
    if (holds) found.push({ group: folder.group, owner: folder.owner })
  }
  return found
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return [] // It ended meanwhile.
  }
}

function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
  } catch {
    return [] // It ended meanwhile.
  }
}

function ownerOf(folder: string): number | undefined {
  return statSync(folder, { throwIfNoEntry: false })?.uid
}
