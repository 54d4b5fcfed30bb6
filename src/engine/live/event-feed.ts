import type { Engine, Event } from '../../../engine/contract/index.ts'
import { keepOpen } from '../connection/retry.ts'
import { countReferences } from '../store.ts'

/** An event, or `resync` after events may have been missed: list everything again. */
export type Change = Event | 'resync'

/** The engine's events: one shared stream, open while there are listeners. */
export interface EventFeed {
  subscribe(listener: (change: Change) => void): () => void
  /** Resolves once the stream is open, or has failed to open. */
  opened(): Promise<void>
}

/** Creates the feed. A stream that was lost, or closed while the page was hidden, is reopened, followed by `resync`. */
export function createEventFeed(engine: Pick<Engine, 'system.events'>): EventFeed {
  const listeners = new Set<(change: Change) => void>()
  const publish = (change: Change) => listeners.forEach((listener) => listener(change))
  let settled = Promise.withResolvers<void>()
  const start = () => {
    let opened = false
    const stop = keepOpen({
      open: (signal) => engine['system.events']({ stream: true }, { signal }),
      onOpen: () => {
        settled.resolve()
        if (opened) publish('resync')
        opened = true
      },
      onItem: publish,
      onLost: () => {
        // Whatever happens until it can be opened is listed then.
        opened = true
        settled.resolve()
      },
    })
    return () => {
      stop()
      settled.resolve()
      settled = Promise.withResolvers()
    }
  }
  const acquire = countReferences({ start, linger: 1000 })
  return {
    subscribe(listener) {
      const own = (change: Change) => listener(change)
      listeners.add(own)
      const release = acquire()
      return () => {
        listeners.delete(own)
        release()
      }
    },
    opened: () => settled.promise,
  }
}
