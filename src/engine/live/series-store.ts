import { createStore, type Store } from '../store.ts'
import { withRecorded } from './sampling.ts'
import { type Sample, withSample } from './series.ts'
import type { AllSeries } from './usage-sources.ts'

/** Those that use most, and the sums over all containers. */
export interface TopUsage {
  readonly series: AllSeries
  /** Without samples where the engine does not tell the sums. */
  readonly total: readonly Sample[]
}

/** The series of all containers that are known, and who is notified of a change. */
export interface SeriesStore {
  readonly all: Store<AllSeries>
  readonly top: Store<TopUsage>
  /** Takes other series, the containers that are reported now, and the sums where they are known. */
  publish(next: AllSeries, reported: ReadonlySet<string>, sum: Sample | undefined): void
  /** Adds what was recorded. `asked`: of whom it was, those without a record among them. */
  seed(recorded: ReadonlyMap<string, readonly Sample[]>, asked?: readonly string[]): void
  /** Notifies of one container's series alone. */
  watch(id: string, listener: () => void): () => void
  /** Whether a container was reported a moment ago. */
  isCurrent(id: string): boolean
  /** Whether what was recorded has been added since a container is reported without a gap: then its series is whole. */
  isWhole(id: string): boolean
}

/** Milliseconds after which a series is not current: what it misses is added from the record. */
const outdated = 6000

/** A store without series. */
export function createSeriesStore(): SeriesStore {
  const cells = new Map<string, Set<() => void>>()
  /** When each container was reported last, by this page's own clock. */
  const reportedAt = new Map<string, number>()
  const whole = new Set<string>()
  const isCurrent = (id: string) => (reportedAt.get(id) ?? -Infinity) > performance.now() - outdated
  const all = createStore<AllSeries>(new Map())
  const top = createStore<TopUsage>({ series: new Map(), total: [] })
  const set = (next: AllSeries) => {
    const before = all.get()
    all.set(next)
    for (const [id, listeners] of cells) if (before.get(id) !== next.get(id)) listeners.forEach((listener) => listener())
  }
  return {
    all,
    top,
    publish(next, reported, sum) {
      for (const id of whole) if (!isCurrent(id) || !next.has(id)) whole.delete(id)
      for (const id of reported) reportedAt.set(id, performance.now())
      for (const id of reportedAt.keys()) if (!next.has(id)) reportedAt.delete(id)
      set(next)
      const total = sum === undefined ? [] : withSample(top.get().total, sum)
      top.set({ series: new Map([...next].filter(([id]) => reported.has(id))), total })
    },
    seed(recorded, asked = []) {
      for (const id of asked) whole.add(id)
      if (recorded.size > 0) set(withRecorded(all.get(), recorded))
    },
    watch(id, listener) {
      const listeners = cells.get(id) ?? new Set()
      cells.set(id, listeners.add(listener))
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0 && cells.get(id) === listeners) cells.delete(id)
      }
    },
    isCurrent,
    isWhole: (id) => whole.has(id) && isCurrent(id),
  }
}
