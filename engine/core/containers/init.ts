import type { CallOptions, Parsed } from '../../contract/index.ts'
import { findContainer } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { initLocked } from './lifecycle/set-up-run.ts'
import { startNeeds } from './lifecycle/start-container.ts'
import { removeAfterFailure } from './lifecycle/delete-container.ts'
import { loadReconciled, retryAfterReconcile } from './lifecycle/reconcile.ts'
import { requirePermitted } from './lifecycle/transitions.ts'

/** Initializes a container without starting it. A failed attempt leaves nothing behind. */
export async function init(
  context: Context,
  { name }: Parsed<'container.init'>,
  options: CallOptions & { attended?: boolean },
): Promise<void> {
  const found = findContainer(context.database, name)
  await startNeeds(context, found, options)
  const attempt = () =>
    context.lock(
      'container',
      found.id,
      async () => {
        const record = await loadReconciled(context, found.id)
        requirePermitted('init', record)
        await initLocked(context, record, options)
      },
      options,
    )
  await removeAfterFailure(context, found, () => retryAfterReconcile(context, attempt))
}
