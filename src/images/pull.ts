import type { Engine, Input } from '../../engine/contract/index.ts'
import type { Store } from '../lib/store.ts'
import { createTransfer, type TransferState } from '../lib/transfer.ts'

/** A pull and how it is doing. */
export interface Pull {
  readonly state: Store<TransferState>
  /** Pulls; rejects with the engine's error, `Cancelled` after the signal. */
  run(engine: Pick<Engine, 'image.pull'>, input: Input<'image.pull'>, signal: AbortSignal): Promise<void>
}

/** Makes a pull that can be watched, and run any number of times. */
export function createPull(now?: () => number): Pull {
  const { state, follow } = createTransfer(now)
  return { state, run: (engine, input, signal) => follow(() => engine['image.pull'](input, { signal })) }
}
