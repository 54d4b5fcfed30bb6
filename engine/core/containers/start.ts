import type { CallOptions, Parsed } from '../../contract/index.ts'
import { findContainer } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { startNeeds } from './life/needs.ts'
import { removeAfterFailure } from './life/remove.ts'
import { startLocked } from './life/start.ts'
import { reconcile } from './reconcile.ts'

/** Starts a container, and before it those it needs. On failure nothing of the attempt is left; with `--rm`, nothing of the container. */
export async function start(context: Context, { name }: Parsed<'container.start'>, options: CallOptions): Promise<void> {
  const found = findContainer(context.database, name)
  await startNeeds(context, found, options)
  await removeAfterFailure(context, found, () =>
    context.lock(
      'container',
      found.id,
      async () => {
        await startLocked(context, await reconcile(context, findContainer(context.database, found.id), { locked: true }), options)
      },
      options,
    ),
  )
}
