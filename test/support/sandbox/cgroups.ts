import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A control group and where its hierarchy is mounted. */
export interface Cgroup {
  cgroup: string
  place: string
}

/** What the names of sandboxes' control groups begin with, before the pid of their run. */
export const cgroupPrefix = 'berth-e2e-'

/** Makes a control group in each hierarchy of this machine, below the one that this process is in. */
export function makeCgroups(name: string): Cgroup[] {
  return hierarchies().map(({ root, place, own }) => {
    const parent = parentOf({ root, place, own })
    const cgroup = join(parent, name)
    // A hierarchy may be mounted at several places.
    mkdirSync(cgroup, { recursive: true })
    // Of cpuset(7) nothing is inherited.
    for (const file of ['cpuset.cpus', 'cpuset.mems'])
      if (readdirSync(cgroup).includes(file) && !readdirSync(cgroup).includes('cgroup.controllers'))
        writeFileSync(join(cgroup, file), readFileSync(join(parent, file)))
    return { cgroup, place }
  })
}

/** Removes what runs that were killed have left: the kernel has ended all that was in there with them. */
export async function removeStaleCgroups(): Promise<void> {
  const stale = hierarchies().flatMap((hierarchy) => {
    const parent = parentOf(hierarchy)
    return readdirSync(parent)
      .filter((name) => name.startsWith(cgroupPrefix) && !existsSync(`/proc/${name.slice(cgroupPrefix.length).split('-')[0]}`))
      .map((name) => join(parent, name))
  })
  // Another run may be doing the same.
  await removeCgroups(stale).catch(() => {})
}

interface Hierarchy {
  /** The folder of the hierarchy that is mounted at `place`, and the one that this process is in. */
  root: string
  place: string
  own: string
}

const parentOf = ({ root, place, own }: Hierarchy): string => join(place, own.startsWith(root) ? own.slice(root.length) : '')

/** Mounts of cgroup file systems, each with this process's place in it. */
function hierarchies(): Hierarchy[] {
  const own = new Map(
    readFileSync('/proc/self/cgroup', 'utf8')
      .trim()
      .split('\n')
      .map((line) => /^\d+:([^:]*):(.*)$/.exec(line)!.slice(1) as [string, string]),
  )
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [mount, source] = line.split(' - ').map((part) => part.split(' '))
      const [, , , root, place] = mount!
      const [type, , options] = source!
      if (type === 'cgroup2') return [{ root: root!, place: place!, own: own.get('') ?? '/' }]
      if (type !== 'cgroup') return []
      const words = options!.split(',')
      const key = [...own.keys()].find((names) => names !== '' && names.split(',').every((each) => words.includes(each)))
      return [{ root: root!, place: place!, own: own.get(key ?? '') ?? '/' }]
    })
}

/**
 * Removes control groups and all below them, once the processes that are being ended in there have gone.
 * @throws Error after a minute.
 */
export async function removeCgroups(paths: readonly string[]): Promise<void> {
  // What is frozen does not end, not even when it is killed; it is in groups of other hierarchies, too.
  for (const path of paths) thaw(path)
  for (const path of paths) await removeCgroup(path)
}

async function removeCgroup(path: string): Promise<void> {
  for (const each of below(path)) await removeCgroup(each)
  for (const end = Date.now() + 60_000; existsSync(path); await sleep(20)) {
    try {
      return rmdirSync(path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY' || Date.now() > end) throw error
    }
  }
}

function thaw(path: string): void {
  for (const [file, thawed] of Object.entries({ 'freezer.state': 'THAWED', 'cgroup.freeze': '0' }))
    if (existsSync(join(path, file))) writeFileSync(join(path, file), thawed)
  for (const each of below(path)) thaw(each)
}

const below = (path: string): string[] =>
  existsSync(path)
    ? readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [join(path, entry.name)] : []))
    : []
