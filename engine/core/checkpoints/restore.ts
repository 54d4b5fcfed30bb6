import path from 'node:path'

import { type CriuStatistics, readCriuStatistics } from '../../adapters/criu-statistics.ts'
import { findContainer } from '../../store/index.ts'
import { startNeeds } from '../containers/lifecycle/start-container.ts'
import { loadReconciled } from '../containers/lifecycle/reconcile.ts'
import type { Verb } from '../verb.ts'
import type { CheckpointFiles } from './files.ts'
import { loadLocked } from './load.ts'
import { requireCheckpoints } from './require-criu.ts'

/** Starts a container from the state saved in its own store. If it fails the container stays as it was, saved state and all. */
export const restore: Verb<'container.restore'> = async (context, input, { signal }) => {
  const found = findContainer(context.database, input.name)
  await requireCheckpoints(context, 'restore', signal)
  await startNeeds(context, found, { signal })
  const began = performance.now()
  let statistics: CriuStatistics | null = null
  const onRestored = async ({ work }: CheckpointFiles) => {
    if (input.printStats) statistics = await readCriuStatistics(path.join(work, 'stats-restore'))
  }
  await context.lock(
    'container',
    found.id,
    async () =>
      loadLocked(context, await loadReconciled(context, found.id), {
        ...input,
        onRestored,
        signal,
      }),
    { signal },
  )
  return { Id: found.id, runtime_restore_duration: Math.round((performance.now() - began) * 1000), criu_statistics: statistics }
}
