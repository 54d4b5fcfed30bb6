import {
  accessSync,
  appendFileSync,
  chownSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { EngineError } from '../../errors/index.ts'
import type { Cgroups } from './mode.ts'
import { type CgroupPaths, cgroupPaths } from './paths.ts'
import { readSmallFile } from './small-file.ts'

/** Without these a delegated group is of no use for containers. */
const neededControllers = ['memory', 'cpu', 'cpuacct', 'pids', 'freezer'] as const

const otherTrees = ['systemd', 'unified', 'hugetlb', 'perf_event', 'net_cls', 'net_prio', 'rdma', 'misc']

/** A killed process may keep its group busy for a moment. */
const removeAttempts = 40
const removeDelay = 25

/** Whether the processes of the group are frozen, as by a pause, or just being so. */
export function isFrozen(paths: CgroupPaths): boolean {
  const { unified, freezer } = paths.folders
  if (paths.mode !== 'v2')
    return freezer !== undefined && /^(FROZEN|FREEZING)/.test(readSmallFile(`${freezer}/freezer.state`) ?? '')
  // crun freezes the group it made below the one with the limits.
  return [unified, `${unified}/container`].some((folder) => readSmallFile(`${folder}/cgroup.freeze`)?.startsWith('1') ?? false)
}

/** The pids in the group and below it, in the kernel's order; empty if it does not exist. */
export function processesIn(paths: CgroupPaths): number[] {
  const pids = new Set<number>()
  for (const folder of mainFolders(paths)) {
    for (const each of withSubfolders(folder)) for (const pid of pidsOf(each)) pids.add(pid)
    if (pids.size > 0) break
  }
  return [...pids]
}

/** The pids in the group itself, without those below it. */
export function ownProcesses(paths: CgroupPaths): number[] {
  return (
    mainFolders(paths)
      .map(pidsOf)
      .find((pids) => pids.length > 0) ?? []
  )
}

const pidsOf = (folder: string): number[] =>
  (readSmallFile(`${folder}/cgroup.procs`) ?? '').split('\n').flatMap((pid) => (pid === '' ? [] : [Number(pid)]))

/** On version 1 a container's processes are in the same group of every tree, but one tree may be missing. */
function mainFolders({ folders }: CgroupPaths): string[] {
  const { unified, freezer, pids, memory } = folders
  return [unified, freezer, pids, memory].filter((folder) => folder !== undefined)
}

/**
 * Makes a group in every tree, with its parents. Idempotent. On version 1 a new group's cpuset is filled from its parent's,
 * since one without processors takes no process.
 *
 * @param owner gives the group away (delegation): its folder and the files that let its owner move processes and make groups.
 * @throws CgroupUnavailable
 */
export function createCgroup(cgroups: Cgroups, group: string, owner?: { uid: number; gid: number }): CgroupPaths {
  const paths = cgroupPaths(cgroups, group)
  for (const [controller, folder] of Object.entries(paths.folders)) {
    const tree = cgroups.mode === 'v2' ? cgroups.root : path.join(cgroups.root, controller)
    if (folder === undefined || !existsSync(tree)) continue
    try {
      makeFolders(tree, folder, controller)
      if (owner) delegateTo(folder, owner)
    } catch (cause) {
      throw new EngineError('CgroupUnavailable', `The control group ${folder} could not be made: ${(cause as Error).message}`, {
        details: { folder },
        cause,
      })
    }
  }
  return paths
}

function makeFolders(tree: string, folder: string, controller: string): void {
  let current = tree
  for (const part of path.relative(tree, folder).split('/')) {
    const parent = current
    current = path.join(current, part)
    if (!existsSync(current)) mkdirSync(current, { mode: 0o755 })
    if (controller === 'cpuset') fillCpuset(parent, current)
  }
}

function fillCpuset(parent: string, folder: string): void {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    const own = readSmallFile(path.join(folder, file))
    if (own !== undefined && own.trim() === '') writeFileSync(path.join(folder, file), readFileSync(path.join(parent, file)))
  }
}

function delegateTo(folder: string, { uid, gid }: { uid: number; gid: number }): void {
  for (const file of ['', 'cgroup.procs', 'tasks', 'cgroup.threads', 'cgroup.subtree_control']) {
    const target = path.join(folder, file)
    if (existsSync(target)) chownSync(target, uid, gid)
  }
}

/**
 * Whether this process may make groups below `group` and put processes there, with every controller that limits and
 * charts need: whether it was delegated to us.
 */
export function isDelegated(cgroups: Cgroups, group: string): boolean {
  const { folders } = cgroupPaths(cgroups, group)
  if (cgroups.mode === 'v2') return isWritable(folders['unified'])
  return neededControllers.every((controller) => isWritable(folders[controller]))
}

function isWritable(folder: string | undefined): boolean {
  if (folder === undefined) return false
  try {
    accessSync(folder, constants.W_OK)
    accessSync(path.join(folder, 'cgroup.procs'), constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** Puts a process, with all its threads, into the group. @throws CgroupUnavailable */
export function moveProcess(paths: CgroupPaths, pid: number): void {
  for (const folder of Object.values(paths.folders)) {
    if (folder === undefined || !existsSync(folder)) continue
    try {
      appendFileSync(path.join(folder, 'cgroup.procs'), String(pid))
    } catch (cause) {
      throw new EngineError('CgroupUnavailable', `Process ${pid} could not be put into the control group ${folder}.`, {
        details: { folder, pid },
        cause,
      })
    }
  }
}

/**
 * Removes the group and all groups below it, in every tree; waits up to a second for dying processes. Idempotent. That
 * the group is the container's own, and not one it shares, is the caller's to know.
 *
 * @throws AggregateError of CgroupUnavailable for each folder that is still in use; the others are removed. InvalidArgument
 *   for `/`, which would be everyone's.
 */
export async function removeCgroup(cgroups: Cgroups, group: string): Promise<void> {
  if (path.normalize(group) === '/') throw new EngineError('InvalidArgument', 'The root of the control groups cannot be removed.')
  const folders = Object.values(cgroupPaths(cgroups, group).folders)
  // Runtimes also make the group in trees that hold no controller we use.
  if (cgroups.mode !== 'v2') folders.push(...otherTrees.map((tree) => path.join(cgroups.root, tree, group)))
  const failures: EngineError[] = []
  for (const folder of folders) {
    if (folder === undefined) continue
    try {
      await removeFolder(folder)
    } catch (cause) {
      failures.push(
        new EngineError('CgroupUnavailable', `The control group ${folder} could not be removed: ${(cause as Error).message}`, {
          details: { folder },
          cause,
        }),
      )
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'Some control groups could not be removed.')
}

async function removeFolder(folder: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      for (const each of withSubfolders(folder).toReversed()) removeIfThere(each)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY' || attempt === removeAttempts) throw error
      await sleep(removeDelay)
    }
  }
}

function removeIfThere(folder: string): void {
  try {
    rmdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

/** A folder and all below it, parents first. */
function withSubfolders(folder: string): string[] {
  const found = [folder]
  for (let at = 0; at < found.length; at += 1) {
    const current = found[at] as string
    try {
      for (const entry of readdirSync(current, { withFileTypes: true }))
        if (entry.isDirectory()) found.push(path.join(current, entry.name))
    } catch {
      // It ended meanwhile.
    }
  }
  return found
}
