import type { Engine } from '../../../engine/contract/index.ts'
import type { Store } from '../store.ts'
import { readRecordedOfAll } from './recorded-usage.ts'
import type { Sample, Series } from './series.ts'
import { createSeriesStore, type TopUsage } from './series-store.ts'
import { covers, createInterests, type Interest, isAll, type UsageRequest } from './usage-interest.ts'
import { type AllSeries, liveSource, statsSource, type UsageSink, type UsageSource } from './usage-sources.ts'

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
  const store = createSeriesStore()
  const source: UsageSource = live ? liveSource(engine) : statsSource(engine)
  const open = (request: UsageRequest) => {
    const stopped = new AbortController()
    let report = () => {}
    const fill = async () => {
      const containers = request.containers.filter((id) => !store.isWhole(id))
      if (containers.length === 0 && !isAll(request)) return
      const reported = new Promise<void>((resolve) => (report = resolve))
      const { byId } = await readRecordedOfAll(engine, { containers, ...recent }, stopped.signal)
      // What has ended has a record of its last minute too, but uses nothing now: the report says who runs.
      await reported
      if (!stopped.signal.aborted)
        store.seed(new Map([...byId].filter(([id]) => store.isCurrent(id))), [...containers, ...byId.keys()])
    }
    const publish: UsageSink['publish'] = (...published) => {
      store.publish(...published)
      report()
    }
    const close = source(request, { onOpen: () => void fill(), series: store.all.get, publish })
    return () => {
      stopped.abort()
      close()
    }
  }
  const stream = createStream(live, open)
  const watch = (interest: Interest, subscribe: (listener: () => void) => () => void) => (listener: () => void) => {
    const leave = [subscribe(listener), stream.add(interest)]
    return () => leave.forEach((each) => each())
  }
  const { all, top } = store
  return {
    of: (id, detailed = false) => ({
      get: () => all.get().get(id),
      subscribe: watch({ id, detailed }, (listener) => store.watch(id, listener)),
    }),
    all: { get: all.get, subscribe: watch('all', all.subscribe) },
    top: { get: top.get, subscribe: watch('top', top.subscribe) },
    seed: store.seed,
  }
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
