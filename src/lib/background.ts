import { createStore, type Store } from './store.ts'
import type { TransferState } from './transfer.ts'

/** A transfer that goes on without its dialog. */
export interface BackgroundTransfer {
  /** What it does, in words. */
  readonly title: string
  readonly state: Store<TransferState>
  /** Ends it before its time. */
  readonly stop: () => void
}

/** The transfers that go on while something else is looked at, oldest first. They end with the page. */
export interface Background extends Store<readonly BackgroundTransfer[]> {
  /** Adds one; the returned function takes it away again. */
  add(transfer: BackgroundTransfer): () => void
}

/** Makes the record of them. */
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
