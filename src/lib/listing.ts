import { EngineError } from '../../engine/errors/index.ts'
import type { Change, EventFeed } from './event-feed.ts'
import { delay } from './retry.ts'
import { createStore, type Store } from './store.ts'

/** All objects of one kind. `error` beside `items`: they are the last that could be read. */
export interface Listing<T> {
  readonly items: readonly T[] | undefined
  readonly error: EngineError | undefined
}

/** A listing that is current while it is watched. */
export interface ListingStore<T> extends Store<Listing<T>> {
  /** Lists again soon; the promise resolves when what it saw is in the store. Does nothing while nobody watches. */
  refresh(): Promise<void>
}

export interface ListingSource<T> {
  list: (options: { signal: AbortSignal }) => Promise<readonly T[]>
  /** What makes an object the same one in the next listing. */
  key: (item: T) => string
  events: EventFeed
  /** Whether a change may have changed this listing. */
  touches: (change: Exclude<Change, 'resync'>) => boolean
}

/** Milliseconds: changes come in bursts, and a burst is one list call. */
const gather = 60
const patience = 1000

/**
 * Makes a listing: one list call when the first watcher comes, and one after each burst of events that touch it.
 * Objects that did not change keep their identity from one listing to the next.
 */
export function createListing<T>({ list, key, events, touches }: ListingSource<T>): ListingStore<T> {
  let ask: () => Promise<void> = async () => {}
  const store = createStore<Listing<T>>({ items: undefined, error: undefined }, { start, linger: 5000 })

  async function load(signal: AbortSignal): Promise<void> {
    try {
      const items = await list({ signal })
      if (!signal.aborted) store.set({ items: keepIdentity(store.get().items, items, key), error: undefined })
    } catch (error) {
      if (!signal.aborted) store.set({ items: store.get().items, error: EngineError.from(error) })
    }
  }

  function start(): () => void {
    const stopped = new AbortController()
    const { signal } = stopped
    let next: Promise<void> | undefined
    let running: Promise<void> = Promise.resolve()
    ask = () => {
      next ??= Promise.all([running, delay(gather, signal)]).then(() => {
        next = undefined
        running = signal.aborted ? Promise.resolve() : load(signal)
        return running
      })
      return next
    }
    const leave = events.subscribe((change) => {
      if (change === 'resync' || touches(change)) void ask()
    })
    // Listing before events flow would miss what happens in between.
    const opened = events.opened().then(() => true)
    running = Promise.race([opened, delay(patience, signal).then(() => false)]).then((flowing) => {
      if (signal.aborted) return
      // Shown without them for now; what happens until they flow is listed then.
      if (!flowing) void opened.then(() => (signal.aborted ? undefined : ask()))
      return load(signal)
    })
    return () => {
      stopped.abort()
      leave()
      ask = async () => {}
    }
  }

  return { get: store.get, subscribe: store.subscribe, refresh: () => ask() }
}

/** `next`, with each object that reads the same as in `previous` being that one. */
function keepIdentity<T>(previous: readonly T[] | undefined, next: readonly T[], key: (item: T) => string): readonly T[] {
  if (!previous || previous.length === 0) return next
  const known = new Map(previous.map((item) => [key(item), item]))
  const kept = next.map((item) => {
    const old = known.get(key(item))
    return old !== undefined && JSON.stringify(old) === JSON.stringify(item) ? old : item
  })
  return kept.length === previous.length && kept.every((item, index) => item === previous[index]) ? previous : kept
}
