import { createStore, type Store } from '../store.ts'
import type { TransferState } from './transfer.ts'

/** A transfer that continues without its dialog. */
export interface BackgroundTransfer {
  /** A label for it. */
  readonly title: string
  readonly state: Store<TransferState>
  /** Cancels it. */
  readonly stop: () => void
}

/** The transfers in the background, oldest first. They end with the page. */
export interface Background extends Store<readonly BackgroundTransfer[]> {
  /** Adds one; the returned function removes it. */
  add(transfer: BackgroundTransfer): () => void
}

/** Creates an empty list. */
export function createBackground(): Background {
  const store = createStore<readonly BackgroundTransfer[]>([])
  return {
    get: store.get,
    subscribe: store.subscribe,
    add(transfer) {
      store.set([...store.get(), transfer])
      return () => store.set(store.get().filter((each) => each !== transfer))
    },
  }
}
