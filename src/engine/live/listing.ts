import { EngineError } from '../../../engine/errors/index.ts'
import type { Change, EventFeed } from './event-feed.ts'
import { delay } from '../connection/retry.ts'
import { createStore, type Store } from '../store.ts'

/** All objects of one kind. With `error`, `items` are those of the last successful list call. */
export interface Listing<T> {
  readonly items: readonly T[] | undefined
  readonly error: EngineError | undefined
}

/** A listing that is kept current while it is subscribed to. */
export interface ListingStore<T> extends Store<Listing<T>> {
  /** Lists again; resolves when the result is in the store. Does nothing without subscribers. */
  refresh(): Promise<void>
}

export interface ListingSource<T> {
  list: (options: { signal: AbortSignal }) => Promise<readonly T[]>
  /** Identifies an object across listings. */
  key: (item: T) => string
  events: EventFeed
  /** Whether an event may affect this listing. */
  touches: (change: Exclude<Change, 'resync'>) => boolean
}

/** Milliseconds: a burst of events leads to one list call. */
const debounceTime = 60
const eventsTimeout = 1000

/**
 * Creates a listing: one list call for the first subscriber, and one after each burst of events.
 * Objects that did not change keep their identity from one listing to the next.
 */
export function createListing<T>({ list, key, events, touches }: ListingSource<T>): ListingStore<T> {
  let reload: () => Promise<void> = async () => {}
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
    reload = () => {
      next ??= Promise.all([running, delay(debounceTime, signal)]).then(() => {
        next = undefined
        running = signal.aborted ? Promise.resolve() : load(signal)
        return running
      })
      return next
    }
    const unsubscribe = events.subscribe((change) => {
      if (change === 'resync' || touches(change)) void reload()
    })
    // Listing before the event stream is open would miss events in between.
    const opened = events.opened().then(() => true)
    running = Promise.race([opened, delay(eventsTimeout, signal).then(() => false)]).then((eventsOpen) => {
      if (signal.aborted) return
      // List now without events, and again once they are received.
      if (!eventsOpen) void opened.then(() => (signal.aborted ? undefined : reload()))
      return load(signal)
    })
    return () => {
      stopped.abort()
      unsubscribe()
      reload = async () => {}
    }
  }

  return { get: store.get, subscribe: store.subscribe, refresh: () => reload() }
}

/** `next`, reusing the objects of `previous` that are equal. */
function keepIdentity<T>(previous: readonly T[] | undefined, next: readonly T[], key: (item: T) => string): readonly T[] {
  if (!previous || previous.length === 0) return next
  const known = new Map(previous.map((item) => [key(item), item]))
  const kept = next.map((item) => {
    const old = known.get(key(item))
    return old !== undefined && JSON.stringify(old) === JSON.stringify(item) ? old : item
  })
  return kept.length === previous.length && kept.every((item, index) => item === previous[index]) ? previous : kept
}
