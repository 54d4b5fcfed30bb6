import { EngineError } from '../../../engine/errors/index.ts'
import { createStore, type Store } from '../store.ts'

/** How work of this page ended. */
export interface TransferOutcome {
  readonly state: 'done' | 'failed' | 'cancelled'
  /** Milliseconds since the epoch. */
  readonly at: number
  /** What it led to. */
  readonly text: string | undefined
  readonly error: EngineError | undefined
}

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
  /** Once it has ended. */
  readonly outcome?: TransferOutcome
}

/** The work in the background, oldest first; what has ended stays until it is removed. */
export interface Background extends Store<readonly BackgroundTransfer[]> {
  /** Adds one; the returned function is called at its end, with the error if it failed or was cancelled. */
  add(transfer: Omit<BackgroundTransfer, 'since' | 'outcome'>): (error?: unknown, text?: string) => void
  remove(transfer: BackgroundTransfer): void
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
      return (error, text) =>
        store.set(store.get().map((each) => (each === added ? { ...each, outcome: outcomeOf(error, text) } : each)))
    },
    remove: (transfer) => store.set(store.get().filter((each) => each !== transfer)),
  }
}

function outcomeOf(error: unknown, text: string | undefined): TransferOutcome {
  const at = Date.now()
  if (error === undefined) return { state: 'done', at, text, error: undefined }
  const failure = EngineError.from(error)
  return failure.code === 'Cancelled'
    ? { state: 'cancelled', at, text: undefined, error: undefined }
    : { state: 'failed', at, text: undefined, error: failure }
}
