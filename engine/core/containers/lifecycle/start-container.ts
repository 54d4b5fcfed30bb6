import type { CallOptions } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { containerById, type ContainerRecord, dependencies } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { removeAfterFailure } from './delete-container.ts'
import { observe } from './observe.ts'
import { loadReconciled, retryAfterReconcile } from './reconcile.ts'
import { startLocked } from './start-run.ts'
import { isRunning } from './transitions.ts'

/**
 * Starts a container, and before it those it needs; without its lock held. A failed attempt leaves nothing behind; with `--rm` the
 * container is removed, unless it is to be kept.
 */
export async function startContainer(
  context: Context,
  found: ContainerRecord,
  options: CallOptions & { keep?: boolean },
): Promise<void> {
  await startNeeds(context, found, options)
  const attempt = () =>
    context.lock(
      'container',
      found.id,
      async () => {
        await startLocked(context, await loadReconciled(context, found.id), options)
      },
      options,
    )
  const start = () => retryAfterReconcile(context, attempt)
  await (options.keep ? start() : removeAfterFailure(context, found, start))
}

/** Starts the containers whose namespaces this one joins, including its pod's infra container, before its own lock is taken. */
export async function startNeeds(context: Context, record: ContainerRecord, options: CallOptions): Promise<void> {
  for (const id of dependencies(context.database, record.id)) {
    const need = containerById(context.database, id)
    if (!need || isRunning(await observe(context, need))) continue
    try {
      await startContainer(context, need, options)
    } catch (error) {
      if (!EngineError.is(error, 'ContainerAlreadyStarted')) throw error
    }
  }
}
