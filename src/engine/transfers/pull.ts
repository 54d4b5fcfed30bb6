import type { Engine, Input } from '../../../engine/contract/index.ts'
import type { Store } from '../store.ts'
import { createTransfer, type TransferState } from './transfer.ts'

/** A pull and its state. */
export interface Pull {
  readonly state: Store<TransferState>
  /** Pulls; rejects with the engine's error, `Cancelled` after the signal. */
  run(engine: Pick<Engine, 'image.pull'>, input: Input<'image.pull'>, signal: AbortSignal): Promise<void>
}

/** Creates a pull that can be run repeatedly. */
export function createPull(now?: () => number): Pull {
  const { state, follow } = createTransfer(now)
  return { state, run: (engine, input, signal) => follow(() => engine['image.pull'](input, { signal })) }
}
