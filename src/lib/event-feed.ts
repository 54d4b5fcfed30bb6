import type { Engine, Event } from '../../engine/contract/index.ts'
import { keepOpen } from './retry.ts'
import { countUses } from './store.ts'

/** What a listener is told: an event, or `resync` when events may have been missed and everything must be listed again. */
export type Change = Event | 'resync'

/** The engine's events, one stream for however many listeners; open while there is one. */
export interface EventFeed {
  subscribe(listener: (change: Change) => void): () => void
  /** Resolves once events are being received, or cannot be for now. */
  opened(): Promise<void>
}

/** Makes the feed. A stream that is lost is opened again, and listeners are told to list again. */
export function createEventFeed(engine: Pick<Engine, 'system.events'>): EventFeed {
  const listeners = new Set<(change: Change) => void>()
  const tell = (change: Change) => listeners.forEach((listener) => listener(change))
  let settled = Promise.withResolvers<void>()
  const start = () => {
    let lost = false
    const stop = keepOpen({
      open: (signal) => engine['system.events']({ stream: true }, { signal }),
      onOpen: () => {
        settled.resolve()
        if (lost) tell('resync')
      },
      onItem: tell,
      onLost: () => {
        lost = true
        settled.resolve()
      },
    })
    return () => {
      stop()
      settled.resolve()
      settled = Promise.withResolvers()
    }
  }
  const use = countUses({ start, linger: 1000 })
  return {
    subscribe(listener) {
      const own = (change: Change) => listener(change)
      listeners.add(own)
      const release = use()
      return () => {
        listeners.delete(own)
        release()
      }
    },
    opened: () => settled.promise,
  }
}
