import type { ContainerStats, Engine, StatsReport } from '../../../engine/contract/index.ts'
import { keepOpen } from '../connection/retry.ts'
import { append, prepend, type Sample, type Series } from './series.ts'
import { countReferences, createStore, type Store } from '../store.ts'

/** The usage of all running containers: one shared stream. */
export interface StatsFeed {
  /** One container's series; its subscribers are not notified of others. */
  of(id: string): Store<Series | undefined>
  /** All series, by container id; changes once a tick. */
  readonly all: Store<ReadonlyMap<string, Series>>
  /** Adds what the engine recorded before this page was opened. */
  seed(id: string, recorded: readonly Sample[]): void
}

/** Makes the feed: one `container.stats` stream at one tick a second, open while anything is watched. */
export function createStatsFeed(engine: Pick<Engine, 'container.stats'>): StatsFeed {
  const cells = new Map<string, Set<() => void>>()
  let series: ReadonlyMap<string, Series> = new Map()
  const start = () =>
    keepOpen<StatsReport>({
      open: (signal) => engine['container.stats']({ stream: true, interval: 1 }, { signal }),
      onItem: take,
    })
  const acquire = countReferences({ start, linger: 10_000 })
  const all = createStore(series)

  function publish(next: ReadonlyMap<string, Series>, touched: Iterable<string>): void {
    series = next
    for (const id of touched) cells.get(id)?.forEach((listener) => listener())
    all.set(next)
  }

  function take(report: StatsReport): void {
    const time = Date.now()
    const next = new Map<string, Series>()
    for (const stats of report.Stats)
      next.set(stats.ContainerID, append(series.get(stats.ContainerID), sampleOf(stats, time), stats.MemLimit))
    const touched = new Set([...series.keys(), ...next.keys()])
    publish(next, touched)
  }

  return {
    of: (id) => ({ get: () => series.get(id), subscribe: (listener) => both(watchCell(cells, id, listener), acquire()) }),
    all: { get: all.get, subscribe: (listener) => both(all.subscribe(listener), acquire()) },
    seed(id, recorded) {
      const known = series.get(id)
      const latest = recorded.at(-1)
      if (!latest) return
      publish(new Map(series).set(id, prepend(known ?? { samples: [], latest, limit: 0 }, recorded)), [id])
    },
  }
}

const both = (one: () => void, other: () => void) => () => {
  one()
  other()
}

function watchCell(cells: Map<string, Set<() => void>>, id: string, listener: () => void): () => void {
  const listeners = cells.get(id) ?? new Set()
  cells.set(id, listeners.add(listener))
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0 && cells.get(id) === listeners) cells.delete(id)
  }
}

function sampleOf(stats: ContainerStats, time: number): Sample {
  return { time, cpu: stats.CPU, memory: stats.MemUsage }
}
