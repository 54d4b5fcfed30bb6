import type { CallOptions, Engine, Input, OperationName, Task } from '../../../engine/contract/index.ts'
import { EngineError } from '../../../engine/errors/index.ts'
import type { Capabilities } from '../capabilities.ts'
import type { Step, Transfer } from '../transfers/transfer.ts'
import type { TaskFeed } from './task-feed.ts'

/** Transfers that run as tasks where the engine has tasks. */
type Transferring = 'image.pull' | 'image.push' | 'manifest.push'

interface Where {
  engine: Engine
  can: Pick<Capabilities, 'does'>
  tasks: TaskFeed
}

/**
 * Runs a transfer to its end; rejects with its error, `Cancelled` after the signal. As a task of the engine it goes on without
 * this page; where the engine has none it ends with it.
 */
export async function runTransfer<K extends Transferring>(
  { engine, can, tasks }: Where,
  operation: K,
  input: Input<K>,
  transfer: Transfer,
  signal: AbortSignal,
): Promise<void> {
  if (!can.does('task.start')) {
    const call = engine[operation] as unknown as (input: Input<K>, options: CallOptions) => Promise<AsyncIterable<Step>>
    return transfer.follow(() => call(input, { signal }))
  }
  await runTask({ engine, tasks }, operation, input, signal, transfer.show)
}

/** Runs an operation as a task to its end; rejects with its error, `Cancelled` after the signal, which cancels it. */
export async function runTask<K extends OperationName>(
  { engine, tasks }: Pick<Where, 'engine' | 'tasks'>,
  operation: K,
  input: Input<K>,
  signal: AbortSignal,
  onChange: (task: Task) => void = () => {},
): Promise<Task> {
  const { Id } = await engine['task.start']({ body: { operation, input } }, { signal })
  const cancel = () => void engine['task.cancel']({ id: Id }).catch(() => {})
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  try {
    return await tasks.follow(Id, onChange)
  } catch (error) {
    // Shown where it was asked for, it needs no place among the tasks.
    if (!signal.aborted && !EngineError.is(error, 'Cancelled', 'TaskNotFound')) cancel()
    throw error
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}
