import type { Engine } from '../../../engine/contract/index.ts'
import { createStore, type Store } from '../store.ts'
import { readRecordedOfAll } from './recorded-usage.ts'
import { withRecorded } from './sampling.ts'
import { type Sample, type Series, withSample } from './series.ts'
import { covers, createInterests, type Interest, isAll, type UsageRequest } from './usage-interest.ts'
import { type AllSeries, liveSource, statsSource, type UsageSource } from './usage-sources.ts'

/** Those that use most, and the sums over all containers. */
export interface TopUsage {
  readonly series: AllSeries
  /** Without samples where the engine does not tell the sums. */
  readonly total: readonly Sample[]
}

/** The usage of running containers: one stream that carries what is looked at. */
export interface StatsFeed {
  /** One container's series; its subscribers are not notified of others. `detailed`: with network and disks. */
  of(id: string, detailed?: boolean): Store<Series | undefined>
  /** All series, by container id; changes with each report. */
  readonly all: Store<AllSeries>
  /** Those that use most. */
  readonly top: Store<TopUsage>
  /** Adds what the engine recorded before this page was opened. */
  seed(recorded: ReadonlyMap<string, readonly Sample[]>): void
}

/** Seconds and points of recorded history that fill the lists' small charts. */
const recent = { seconds: 60, points: 30 }

/** Milliseconds after which a series is not current and is filled from the record. */
const outdated = 6000

/** Milliseconds for which changes of what is looked at are collected: first, while something is shown already, and at the longest. */
const collectFirst = 30
const collectNext = 300
const collectLongest = 1000

/** Milliseconds after nothing is looked at any more until the stream is closed. */
const linger = 5000

/**
 * Makes the feed. The stream is opened again when something else is looked at, such as rows that came into sight; what the engine
 * recorded of containers that are looked at for the first time, or again after a cut, is filled in with one call.
 */
export function createStatsFeed(
  engine: Pick<Engine, 'container.stats' | 'usage.history' | 'usage.live'>,
  live: boolean,
): StatsFeed {
  const cells = new Map<string, Set<() => void>>()
  const source: UsageSource = live ? liveSource(engine) : statsSource(engine)
  let series: AllSeries = new Map()
  /** When each container was reported last, by this page's own clock. */
  const reportedAt = new Map<string, number>()
  const all = createStore(series)
  const top = createStore<TopUsage>({ series, total: [] })

  const publish = (next: AllSeries) => {
    const before = series
    series = next
    for (const [id, listeners] of cells) if (before.get(id) !== next.get(id)) listeners.forEach((listener) => listener())
    all.set(next)
  }
  const seed = (recorded: ReadonlyMap<string, readonly Sample[]>) => {
    if (recorded.size > 0) publish(withRecorded(series, recorded))
  }
  const tellTop = (reported: ReadonlySet<string>, sum: Sample | undefined) => {
    const total = sum === undefined ? [] : withSample(top.get().total, sum)
    top.set({ series: new Map([...series].filter(([id]) => reported.has(id))), total })
  }
  const stream = createStream(live, (request) => {
    const stopped = new AbortController()
    const fill = async () => {
      const containers = missingOf(request, reportedAt)
      if (containers === undefined) return
      const { byId } = await readRecordedOfAll(engine, { containers, ...recent }, stopped.signal)
      if (!stopped.signal.aborted) seed(byId)
    }
    const close = source(request, {
      onOpen: () => void fill(),
      series: () => series,
      publish: (next, reported, total) => {
        for (const id of reported) reportedAt.set(id, performance.now())
        for (const id of reportedAt.keys()) if (!next.has(id)) reportedAt.delete(id)
        publish(next)
        tellTop(reported, total)
      },
    })
    return () => {
      stopped.abort()
      close()
    }
  })
  const watch = (interest: Interest, subscribe: (listener: () => void) => () => void) => (listener: () => void) => {
    const leave = [subscribe(listener), stream.add(interest)]
    return () => leave.forEach((each) => each())
  }
  return {
    of: (id, detailed = false) => ({
      get: () => series.get(id),
      subscribe: watch({ id, detailed }, (listener) => watchCell(cells, id, listener)),
    }),
    all: { get: all.get, subscribe: watch('all', all.subscribe) },
    top: { get: top.get, subscribe: watch('top', top.subscribe) },
    seed,
  }
}

/** The containers whose last minute is not known; none in the list for all that run, undefined where nothing is missing. */
function missingOf(request: UsageRequest, reportedAt: ReadonlyMap<string, number>): string[] | undefined {
  if (isAll(request)) return []
  const current = performance.now() - outdated
  const missing = request.containers.filter((id) => (reportedAt.get(id) ?? -Infinity) < current)
  return missing.length > 0 ? missing : undefined
}

const everything: UsageRequest = { containers: [], top: 0, detailed: false }

/** Keeps one stream open that carries all that is looked at; always the same one unless it can be `chosen` what it carries. */
function createStream(chosen: boolean, open: (request: UsageRequest) => () => void): { add: (interest: Interest) => () => void } {
  let current: { request: UsageRequest; close: () => void } | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let changedAt: number | undefined
  const close = () => {
    current?.close()
    current = undefined
  }
  const apply = () => {
    changedAt = undefined
    const asked = interests.request()
    const request = asked && !chosen ? everything : asked
    if (request === undefined || (current && covers(current.request, request))) return
    close()
    current = { request, close: open(request) }
  }
  const interests = createInterests(() => {
    clearTimeout(timer)
    if (interests.request() === undefined) {
      changedAt = undefined
      timer = setTimeout(close, linger)
      return
    }
    changedAt ??= Date.now()
    const wait = current ? Math.min(collectNext, changedAt + collectLongest - Date.now()) : collectFirst
    timer = setTimeout(apply, Math.max(0, wait))
  })
  return { add: interests.add }
}

function watchCell(cells: Map<string, Set<() => void>>, id: string, listener: () => void): () => void {
  const listeners = cells.get(id) ?? new Set()
  cells.set(id, listeners.add(listener))
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0 && cells.get(id) === listeners) cells.delete(id)
  }
}
