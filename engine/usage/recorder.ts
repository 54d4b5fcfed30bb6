import path from 'node:path'

import type { Cgroups } from '../lib/cgroup/index.ts'
import {
  type ContainerGroup,
  findGroupFolders,
  type GroupFolder,
  groupsIn,
  mainTree,
  maxContainersOfUser,
} from './container-groups.ts'
import { type ContainerMeter, openContainerMeter } from './container-meter.ts'
import { ringFile, ringKey, tidyRings, totalKey } from './ring-folder.ts'
import { longestHistory } from './ring.ts'
import { type RingWriter, ringWriter } from './ring-writer.ts'
import type { Sample } from './sample.ts'

/** What a recorder needs. */
export interface RecorderOptions {
  cgroups: Cgroups
  /** The folder of the rings, with one for each user unless there is only one. */
  folder: string
  /** Records only this user's containers; by default everybody's. */
  only?: number
  /** A line for the log, about what could not be recorded. */
  log(line: string): void
}

/** Records the use of containers until it is closed. */
export interface Recorder {
  /** Measures all containers once; called every second. */
  tick(): void
  /** The files with what was recorded of a user's container, the one that counts first. What waits is written before. */
  filesOf(owner: number, container: { id: string; name: string }): string[]
  /** The file with the sums of all of a user's containers. */
  totalOf(owner: number): string[]
  /** Containers that are recorded now, of a user or of all. */
  count(owner?: number): number
  /** Writes what waits and closes all files. Idempotent. */
  close(): void
}

/** Seconds between walks of the whole tree, between looks at what costs more to read, and between removals of old rings. */
const walkEvery = 10
const allEvery = 3
const tidyEvery = 3600

interface Run {
  meter: ContainerMeter
  writer: RingWriter | undefined
}

/** Creates a recorder. */
export function createRecorder({ cgroups, folder, only, log }: RecorderOptions): Recorder {
  const tree = mainTree(cgroups)
  // One user has other numbers within and outside of their namespace.
  const userFolder = (uid: number): string => (only === undefined ? path.join(folder, String(uid)) : folder)
  const runs = new Map<string, Run>()
  const totals = new Map<number, RingWriter>()
  const known = new Map<string, string>()
  const tidied = new Map<number, number>()
  let folders: GroupFolder[] = []
  let ticks = 0
  let failing = false

  function keep(write: () => void): void {
    try {
      write()
      failing = false
    } catch (error) {
      // Once, not every second: the disk may be full for hours.
      if (!failing) log(`Resource use could not be written: ${(error as Error).message}`)
      failing = true
    }
  }

  function writerOf({ meter, writer }: Run): RingWriter | undefined {
    const { owner, id } = meter.group
    const name = meter.name()
    const key = ringKey({ id, ...(name === undefined ? {} : { name }) })
    if (writer?.key === key) return writer
    writer?.flush()
    known.set(`${owner} ${id}`, key)
    if (known.size > 20_000) known.delete(known.keys().next().value!)
    return ringWriter(userFolder(owner), key)
  }

  function follow(current: readonly ContainerGroup[]): void {
    const there = new Set<string>()
    const counts = new Map<number, number>()
    for (const group of current) {
      if (only !== undefined && group.owner !== only) continue
      const count = (counts.get(group.owner) ?? 0) + 1
      if (count > maxContainersOfUser) continue
      counts.set(group.owner, count)
      there.add(group.group)
      if (!runs.has(group.group)) runs.set(group.group, { meter: openContainerMeter(cgroups, group), writer: undefined })
    }
    for (const [group, run] of runs) if (!there.has(group)) end(group, run)
  }

  function end(group: string, { meter, writer }: Run): void {
    meter.close()
    keep(() => writer?.flush())
    runs.delete(group)
  }

  function tidy(owner: number, second: number): void {
    if (second - (tidied.get(owner) ?? 0) < tidyEvery) return
    tidied.set(owner, second)
    keep(() => tidyRings(userFolder(owner), (second - longestHistory) * 1000))
  }

  return {
    tick() {
      const second = Math.floor(Date.now() / 1000)
      if (ticks % walkEvery === 0) folders = findGroupFolders(tree)
      follow(folders.flatMap((each) => groupsIn(tree, each)))
      const sums = new Map<number, Sample>()
      const at = performance.now()
      let turn = ticks
      for (const [group, run] of runs) {
        const sample = run.meter.measure(at, turn++ % allEvery === 0)
        const { owner } = run.meter.group
        // A restart makes a group of the same path, with counters of its own.
        if (sample === 'gone') end(group, run)
        if (typeof sample === 'string') continue
        run.writer = writerOf(run)
        keep(() => run.writer?.add(second, sample))
        sums.set(owner, plus(sums.get(owner), sample))
        tidy(owner, second)
      }
      for (const [owner, sum] of sums) {
        const writer = totals.get(owner) ?? ringWriter(userFolder(owner), totalKey)
        totals.set(owner, writer)
        keep(() => writer.add(second, sum))
      }
      ticks += 1
    },
    filesOf(owner, { id, name }) {
      for (const { meter, writer } of runs.values()) if (meter.group.id === id) keep(() => writer?.flush())
      const own = userFolder(owner)
      const keys = new Set([ringKey({ id, name }), known.get(`${owner} ${id}`), ringKey({ id })])
      return [...keys].filter((key) => key !== undefined).map((key) => ringFile(own, key))
    },
    totalOf(owner) {
      keep(() => totals.get(owner)?.flush())
      return [ringFile(userFolder(owner), totalKey)]
    },
    count: (owner) => [...runs.values()].filter(({ meter }) => owner === undefined || meter.group.owner === owner).length,
    close() {
      for (const [group, run] of runs) end(group, run)
      for (const writer of totals.values()) keep(() => writer.flush())
      totals.clear()
    },
  }
}

/** Sums of what adds up; the network does not, since the containers of a pod share one. */
function plus(sum: Sample | undefined, { cpu, memory, read, write }: Sample): Sample {
  return {
    cpu: (sum?.cpu ?? 0) + cpu,
    memory: (sum?.memory ?? 0) + memory,
    rx: Number.NaN,
    tx: Number.NaN,
    read: (sum?.read ?? 0) + (read || 0),
    write: (sum?.write ?? 0) + (write || 0),
  }
}
