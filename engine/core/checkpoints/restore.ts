import { findContainer } from '../../store/index.ts'
import { startNeeds } from '../containers/life/needs.ts'
import { reconcile } from '../containers/reconcile.ts'
import type { Verb } from '../verbs.ts'
import { loadLocked } from './load.ts'
import { requireCheckpoints } from './require-criu.ts'

/** Starts a container from the state saved in its own store. If it fails the container stays as it was, saved state and all. */
export const restore: Verb<'container.restore'> = async (context, input, { signal }) => {
  const found = findContainer(context.database, input.name)
  await requireCheckpoints(context, 'restore', signal)
  await startNeeds(context, found, { signal })
  const began = performance.now()
  await context.lock(
    'container',
    found.id,
    async () =>
      loadLocked(context, await reconcile(context, findContainer(context.database, found.id), { locked: true }), {
        ...input,
        signal,
      }),
    { signal },
  )
  return { Id: found.id, runtime_restore_duration: Math.round((performance.now() - began) * 1000), criu_statistics: null }
}
