import type { ContainerRecord } from '../../../store/index.ts'
import { type ContainerMeter, openContainerMeter } from '../../../usage/index.ts'
import { isLive } from '../../containers/lifecycle/transitions.ts'
import { currentContainers } from '../../containers/records/live.ts'
import type { Context } from '../../context.ts'
import { readUsage } from '../read-usage.ts'
import { type Figures, rounded, toFigures } from './figures.ts'
import { type Means, openMeans } from './means.ts'

/** What all running containers use at a moment. */
export interface Tick {
  /** Milliseconds since the epoch. */
  readonly time: number
  /** By container id; those without a control group of their own have none. */
  readonly figures: ReadonlyMap<string, Figures>
  readonly total: { readonly cpu: number; readonly memory: number }
}

/** Somebody who reads ticks. */
export interface TickReader {
  /** Milliseconds between two ticks. */
  readonly every: number
  /** Whether the network and block devices of a container are to be read with each of them; else only now and then. */
  rates(id: string): boolean
}

/** Measures all running containers, once for all who read. */
export interface UsageSampler {
  /** Ticks from now on, the first as soon as there is one. A slow reader misses some. Ends with `signal`. */
  follow(reader: TickReader, signal: AbortSignal): AsyncGenerator<Tick, void, undefined>
  /** The ids of those that used most CPU time, and of those that used most memory. */
  top(count: number): Promise<ReadonlySet<string>>
}

/** Milliseconds after the first measurement that the second is made, before which there is no rate. */
const firstSpan = 250

/** Milliseconds for which meters stay open without readers: a page that scrolls reads others at once. */
const linger = 10_000

/** Measurements between two of what costs more. */
const allEvery = 5

/** Milliseconds by which a tick may come early. */
const slack = 100

const samplers = new WeakMap<Context, UsageSampler>()

/** The sampler of this process. It measures only while somebody reads. */
export function usageSampler(context: Context): UsageSampler {
  let sampler = samplers.get(context)
  if (!sampler) samplers.set(context, (sampler = new SharedSampler(context)))
  return sampler
}

interface Run {
  pid: number
  meter: ContainerMeter
}

class SharedSampler implements UsageSampler {
  readonly #context: Context
  readonly #readers = new Set<TickReader>()
  readonly #runs = new Map<string, Run>()
  #means: Means = openMeans()
  #ranked: Promise<void> | undefined
  #latest: Tick | undefined
  /** The first measurement has no rates to tell. */
  #isFirst = true
  #measuredAt = -Infinity
  #turn = 0
  #timer: NodeJS.Timeout | undefined
  #measuring = false
  #next = Promise.withResolvers<Tick>()

  constructor(context: Context) {
    this.#context = context
    this.#next.promise.catch(() => {})
  }

  async *follow(reader: TickReader, signal: AbortSignal): AsyncGenerator<Tick, void, undefined> {
    const left = Promise.withResolvers<undefined>()
    const leave = (): void => left.resolve(undefined)
    signal.addEventListener('abort', leave, { once: true })
    this.#readers.add(reader)
    try {
      let due = 0
      const fresh = this.#latest !== undefined && performance.now() - this.#measuredAt < reader.every
      let tick = fresh ? this.#latest : undefined
      if (!this.#measuring) this.#schedule()
      while (!signal.aborted) {
        const now = performance.now()
        if (tick !== undefined && now >= due - slack) {
          due = now + reader.every
          yield tick
        }
        tick = await Promise.race([this.#next.promise, left.promise])
      }
    } finally {
      signal.removeEventListener('abort', leave)
      this.#readers.delete(reader)
      if (this.#readers.size === 0 && !this.#measuring) this.#stopLater()
    }
  }

  async top(count: number): Promise<ReadonlySet<string>> {
    this.#ranked ??= this.#readMeans()
    await this.#ranked
    return this.#means.top(count)
  }

  /** Sets the time of the next measurement by the most frequent reader. */
  #schedule(): void {
    clearTimeout(this.#timer)
    const every = Math.min(...[...this.#readers].map((each) => each.every))
    const span = this.#latest === undefined && !this.#isFirst ? firstSpan : every
    const wait = Math.max(0, this.#measuredAt + span - performance.now())
    this.#timer = setTimeout(() => void this.#tick(), wait).unref()
  }

  #stopLater(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#stop(), linger).unref()
  }

  #stop(): void {
    for (const { meter } of this.#runs.values()) meter.close()
    this.#runs.clear()
    this.#means = openMeans()
    this.#ranked = undefined
    this.#latest = undefined
    this.#isFirst = true
  }

  async #tick(): Promise<void> {
    this.#measuring = true
    const { resolve, reject } = this.#next
    try {
      const tick = this.#measure((await currentContainers(this.#context)).filter(isLive))
      if (!this.#isFirst || this.#runs.size === 0) {
        this.#latest = tick
        this.#renew()
        resolve(tick)
      }
      this.#isFirst = false
    } catch (error) {
      this.#stop()
      this.#measuredAt = performance.now()
      this.#renew()
      reject(error)
    }
    this.#measuring = false
    if (this.#readers.size > 0 && !this.#context.closing.aborted) this.#schedule()
    else this.#stopLater()
  }

  #renew(): void {
    this.#next = Promise.withResolvers()
    this.#next.promise.catch(() => {})
  }

  #measure(records: readonly ContainerRecord[]): Tick {
    const at = performance.now()
    const elapsed = at - this.#measuredAt
    this.#measuredAt = at
    const figures = new Map<string, Figures>()
    const total = { cpu: 0, memory: 0 }
    let turn = this.#turn++
    for (const record of records) {
      const { id } = record
      const run = this.#runOf(record)
      if (run === undefined) continue
      const all = turn++ % allEvery === 0 || [...this.#readers].some((reader) => reader.rates(id))
      const sample = run.meter.measure(at, all)
      if (typeof sample === 'string') continue
      total.cpu += sample.cpu
      total.memory += sample.memory
      this.#means.count(id, sample, elapsed)
      figures.set(id, toFigures(run.pid, sample, this.#latest?.figures.get(id)))
    }
    this.#forget(new Set(records.map(({ id }) => id)))
    return {
      time: Date.now(),
      figures,
      total: { cpu: rounded('cpu', total.cpu), memory: rounded('memory', total.memory) },
    }
  }

  /** The meter of a container's run; a restart has counters of its own. */
  #runOf({ id, name, state: { pid, cgroupPath } }: ContainerRecord): Run | undefined {
    if (cgroupPath === '') return undefined
    const known = this.#runs.get(id)
    if (known?.pid === pid) return known
    known?.meter.close()
    const group = { id, group: cgroupPath, owner: this.#context.identity.uid }
    const run = { pid, meter: openContainerMeter(this.#context.cgroups, group, { pid, name }) }
    this.#runs.set(id, run)
    return run
  }

  #forget(live: ReadonlySet<string>): void {
    for (const [id, { meter }] of this.#runs) {
      if (live.has(id)) continue
      meter.close()
      this.#runs.delete(id)
    }
    this.#means.keep(live)
  }

  /** What was recorded of the time before there were readers. */
  async #readMeans(): Promise<void> {
    const means = this.#means
    const running = (await currentContainers(this.#context)).filter(isLive).slice(0, maxRecorded)
    const containers = running.map(({ id, name }) => ({ id, name }))
    const recorded = await readUsage(this.#context, {
      containers,
      total: false,
      seconds: meanSeconds,
      points: 10,
      fields: ['cpu', 'memory'],
    }).catch(() => [])
    for (const { id, values } of recorded) {
      const [cpu, memory] = [meanOf(values.cpu), meanOf(values.memory)]
      if (id !== undefined && cpu !== undefined && memory !== undefined) means.begin(id, { cpu, memory })
    }
  }
}

function meanOf(line: readonly (number | null)[] = []): number | undefined {
  const known = line.filter((value) => value !== null)
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length
}

/** Seconds of recorded use that the order of containers begins with, and containers whose record is read. */
const meanSeconds = 600
const maxRecorded = 2000
