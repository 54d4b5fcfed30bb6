import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Berth } from './berth.ts'
import { pids } from './users.ts'

/**
 * What is still there of containers and pods that were removed: files of the run state, mounts, processes, control groups.
 *
 * @param home a folder that the store and the run state are in, and nothing else that is mounted.
 */
export function remains(berth: Berth, home: string, runRoot: string, ids: readonly string[]): string[] {
  const has = (text: string) => ids.some((id) => text.includes(id))
  const files = ['containers', 'netns', 'mounts', 'runtime', 'locks'].flatMap((folder) => list(join(runRoot, folder)).filter(has))
  const mounts = mountTable(berth)
    .split('\n')
    .filter((line) => line.includes(home) && !/\/run\/(mounts|netns) /.test(line))
  const processes = pids().filter(
    (pid) => pid !== process.pid && (read(`/proc/${pid}/cmdline`).includes(runRoot) || has(read(`/proc/${pid}/cgroup`))),
  )
  return [
    ...files.map((entry) => `file ${entry}`),
    ...mounts.map((line) => `mount ${line}`),
    ...processes.map((pid) => `process ${pid}: ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`),
    ...controlGroups('/sys/fs/cgroup', 0).filter(has),
  ]
}

/** Mounts where the engine is at work: for an ordinary user, in the namespace that their pause process holds. */
function mountTable({ root, run: runState }: Berth): string {
  const pause = root ? '' : read(join(runState, 'pause')).split(' ')[0]!
  return read(`/proc/${pause === '' ? 'self' : pause}/mountinfo`)
}

function controlGroups(folder: string, depth: number): string[] {
  if (depth > 6) return []
  return list(folder)
    .map((name) => join(folder, name))
    .filter((path) => existsSync(join(path, 'cgroup.procs')) || depth === 0)
    .flatMap((path) => [path, ...controlGroups(path, depth + 1)])
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
