import { createStore, type Store } from '../store.ts'

/** Work of this page that continues without its dialog, and ends with the page. */
export interface BackgroundTransfer {
  /** A label for it. */
  readonly title: string
  /** Milliseconds since the epoch. */
  readonly since: number
  /** From 0 to 1. */
  readonly share: Store<number>
  /** Cancels it. */
  readonly stop: () => void
}

/** The work in the background, oldest first. */
export interface Background extends Store<readonly BackgroundTransfer[]> {
  /** Adds one; the returned function removes it. */
  add(transfer: Omit<BackgroundTransfer, 'since'>): () => void
}

/** Creates an empty list. */
export function createBackground(): Background {
  const store = createStore<readonly BackgroundTransfer[]>([])
  return {
    get: store.get,
    subscribe: store.subscribe,
    add(transfer) {
      const added = { ...transfer, since: Date.now() }
      store.set([...store.get(), added])
      return () => store.set(store.get().filter((each) => each !== added))
    },
  }
}
