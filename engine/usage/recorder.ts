import path from 'node:path'

import type { Cgroups } from '../lib/cgroup/index.ts'
import {
  countIn,
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
  /** The files with what was recorded of a user's container, the one that counts first. */
  filesOf(owner: number, container: { id: string; name: string }): string[]
  /** The file with the sums of all of a user's containers. */
  totalOf(owner: number): string[]
  /** Writes what waits of a user's containers, for a reader. */
  flush(owner: number): void
  /** Containers that are recorded now, of a user or of all. */
  count(owner?: number): number
  /** Writes what waits and closes all files. Idempotent. */
  close(): void
}

/** Seconds between walks of the whole tree, between readings of what costs more, and between removals of old rings. */
const walkEvery = 10
const allEvery = 5
const tidyEvery = 3600

/** Containers whose rings are remembered. */
const maxKnown = 20_000

interface Run {
  meter: ContainerMeter
  writer: RingWriter | undefined
}

/** Creates a recorder. */
export const createRecorder = (options: RecorderOptions): Recorder => new GroupRecorder(options)

class GroupRecorder implements Recorder {
  readonly #options: RecorderOptions
  readonly #tree: string
  readonly #runs = new Map<string, Run>()
  readonly #totals = new Map<number, RingWriter>()
  /** The rings of containers that were seen, by owner and id. */
  readonly #known = new Map<string, string>()
  readonly #tidied = new Map<number, number>()
  #folders: GroupFolder[] = []
  #counts = ''
  #ticks = 0
  #failing = false

  constructor(options: RecorderOptions) {
    this.#options = options
    this.#tree = mainTree(options.cgroups)
  }

  tick(): void {
    const second = Math.floor(Date.now() / 1000)
    this.#look()
    const sums = new Map<number, Sample>()
    const at = performance.now()
    let turn = this.#ticks
    for (const [group, run] of this.#runs) {
      const sample = run.meter.measure(at, turn++ % allEvery === 0)
      const { owner } = run.meter.group
      // A restart makes a group of the same path, with counters of its own.
      if (sample === 'gone') this.#end(group, run)
      if (typeof sample === 'string') continue
      run.writer = this.#writerOf(run)
      this.#write(() => run.writer?.add(second, sample))
      add(sums, owner, sample)
      this.#tidy(owner, second)
    }
    for (const [owner, sum] of sums) {
      const writer = this.#totals.get(owner) ?? ringWriter(this.#folderOf(owner), totalKey)
      this.#totals.set(owner, writer)
      this.#write(() => writer.add(second, sum))
    }
    this.#ticks += 1
  }

  filesOf(owner: number, { id, name }: { id: string; name: string }): string[] {
    const own = this.#folderOf(owner)
    const keys = new Set([ringKey({ id, name }), this.#known.get(`${owner} ${id}`), ringKey({ id })])
    return [...keys].filter((key) => key !== undefined).map((key) => ringFile(own, key))
  }

  totalOf(owner: number): string[] {
    return [ringFile(this.#folderOf(owner), totalKey)]
  }

  flush(owner: number): void {
    for (const { meter, writer } of this.#runs.values()) if (meter.group.owner === owner) this.#write(() => writer?.flush())
    this.#write(() => this.#totals.get(owner)?.flush())
  }

  count(owner?: number): number {
    return [...this.#runs.values()].filter(({ meter }) => owner === undefined || meter.group.owner === owner).length
  }

  close(): void {
    for (const [group, run] of this.#runs) this.#end(group, run)
    for (const writer of this.#totals.values()) this.#write(() => writer.flush())
    this.#totals.clear()
  }

  /** One user has other numbers within and outside of their namespace. */
  #folderOf(owner: number): string {
    const { only, folder } = this.#options
    return only === undefined ? path.join(folder, String(owner)) : folder
  }

  #write(write: () => void): void {
    try {
      write()
      this.#failing = false
    } catch (error) {
      // Once, not every second: the disk may be full for hours.
      if (!this.#failing) this.#options.log(`Resource use could not be written: ${(error as Error).message}`)
      this.#failing = true
    }
  }

  #writerOf({ meter, writer }: Run): RingWriter {
    const { owner, id } = meter.group
    const name = meter.name()
    const key = ringKey({ id, ...(name === undefined ? {} : { name }) })
    if (writer?.key === key) return writer
    this.#write(() => writer?.flush())
    this.#known.set(`${owner} ${id}`, key)
    if (this.#known.size > maxKnown) this.#known.delete(this.#known.keys().next().value!)
    return ringWriter(this.#folderOf(owner), key)
  }

  /** Looks for containers, closely only where their number has changed: listing a folder costs as much as measuring many. */
  #look(): void {
    const walk = this.#ticks % walkEvery === 0
    if (walk) this.#folders = findGroupFolders(this.#tree)
    const counts = this.#folders.map((folder) => countIn(this.#tree, folder)).join()
    if (!walk && counts === this.#counts) return
    this.#counts = counts
    this.#follow(this.#folders.flatMap((each) => groupsIn(this.#tree, each)))
  }

  #follow(current: readonly ContainerGroup[]): void {
    const { only, cgroups } = this.#options
    const there = new Set<string>()
    const counts = new Map<number, number>()
    for (const group of current) {
      if (only !== undefined && group.owner !== only) continue
      const count = (counts.get(group.owner) ?? 0) + 1
      if (count > maxContainersOfUser) continue
      counts.set(group.owner, count)
      there.add(group.group)
      if (!this.#runs.has(group.group))
        this.#runs.set(group.group, { meter: openContainerMeter(cgroups, group), writer: undefined })
    }
    for (const [group, run] of this.#runs) if (!there.has(group)) this.#end(group, run)
  }

  #end(group: string, { meter, writer }: Run): void {
    meter.close()
    this.#write(() => writer?.flush())
    this.#runs.delete(group)
  }

  #tidy(owner: number, second: number): void {
    if (second - (this.#tidied.get(owner) ?? 0) < tidyEvery) return
    this.#tidied.set(owner, second)
    this.#write(() => tidyRings(this.#folderOf(owner), (second - longestHistory) * 1000))
  }
}

/** Sums up what adds up; the network does not, since the containers of a pod share one. */
function add(sums: Map<number, Sample>, owner: number, { cpu, memory, read, write }: Sample): void {
  let sum = sums.get(owner)
  if (!sum) sums.set(owner, (sum = { cpu: 0, memory: 0, rx: Number.NaN, tx: Number.NaN, read: 0, write: 0 }))
  sum.cpu += cpu
  sum.memory += memory
  sum.read += read || 0
  sum.write += write || 0
}
