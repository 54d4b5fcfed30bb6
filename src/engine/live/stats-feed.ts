import type { Engine, StatsReport } from '../../../engine/contract/index.ts'
import { keepOpen } from '../connection/retry.ts'
import { readRecordedOfAll } from './recorded-usage.ts'
import { createSampling, withRecorded } from './sampling.ts'
import type { Sample, Series } from './series.ts'
import { countReferences, createStore, type Store } from '../store.ts'

/** The usage of all running containers: one shared stream. */
export interface StatsFeed {
  /** One container's series; its subscribers are not notified of others. */
  of(id: string): Store<Series | undefined>
  /** All series, by container id; changes once a tick. */
  readonly all: Store<ReadonlyMap<string, Series>>
  /** Adds what the engine recorded before this page was opened. */
  seed(recorded: ReadonlyMap<string, readonly Sample[]>): void
}

/** Seconds of recorded history that fill the lists' small charts when the stream opens. */
const recent = 60

/**
 * Makes the feed: one `container.stats` stream at one tick a second, open while anything is watched. When it opens, also after a cut,
 * what the engine recorded meanwhile is filled in with one call.
 */
export function createStatsFeed(engine: Pick<Engine, 'container.stats' | 'usage.history'>): StatsFeed {
  const cells = new Map<string, Set<() => void>>()
  const sampling = createSampling()
  let series: ReadonlyMap<string, Series> = new Map()
  const start = () => {
    const stopped = new AbortController()
    const fill = async () => {
      const { byId } = await readRecordedOfAll(engine, { seconds: recent }, stopped.signal)
      if (!stopped.signal.aborted) seed(byId)
    }
    const stop = keepOpen<StatsReport>({
      open: (signal) => engine['container.stats']({ stream: true, interval: 1 }, { signal }),
      onOpen: () => void fill(),
      onItem: take,
    })
    return () => {
      stopped.abort()
      stop()
    }
  }
  const acquire = countReferences({ start, linger: 10_000 })
  const all = createStore(series)

  function publish(next: ReadonlyMap<string, Series>, touched: Iterable<string>): void {
    series = next
    for (const id of touched) cells.get(id)?.forEach((listener) => listener())
    all.set(next)
  }

  const take = (report: StatsReport) => {
    const next = sampling.next(series, report)
    publish(next, new Set([...series.keys(), ...next.keys()]))
  }
  const seed = (recorded: ReadonlyMap<string, readonly Sample[]>) => {
    if (recorded.size > 0) publish(withRecorded(series, recorded), recorded.keys())
  }
  return {
    of: (id) => ({ get: () => series.get(id), subscribe: (listener) => both(watchCell(cells, id, listener), acquire()) }),
    all: { get: all.get, subscribe: (listener) => both(all.subscribe(listener), acquire()) },
    seed,
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
