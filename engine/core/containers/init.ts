import type { CallOptions, Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { findContainer } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { initLocked } from './life/init.ts'
import { startNeeds } from './life/needs.ts'
import { reconcile } from './reconcile.ts'
import { removeAfterFailure } from './life/remove.ts'

/** Makes everything ready to start a container, and does not start it. On failure nothing is left of the attempt. */
export async function init(
  context: Context,
  { name }: Parsed<'container.init'>,
  options: CallOptions & { attended?: boolean },
): Promise<void> {
  const found = findContainer(context.database, name)
  await startNeeds(context, found, options)
  await removeAfterFailure(context, found, () =>
    context.lock(
      'container',
      found.id,
      async () => {
        const record = await reconcile(context, findContainer(context.database, found.id), { locked: true })
        if (!['created', 'exited', 'stopped'].includes(record.state.status)) {
          throw new EngineError(
            'ContainerStateInvalid',
            `container ${record.id} has already been created in runtime: container state improper`,
            {
              details: { container: record.id, state: record.state.status },
            },
          )
        }
        await initLocked(context, record, options)
      },
      options,
    ),
  )
}
