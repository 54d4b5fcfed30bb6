import path from 'node:path'

import type { Parsed } from '../../contract/index.ts'
import { type CriuStatistics, readCriuStatistics } from '../../adapters/criu-statistics.ts'
import { EngineError } from '../../errors/index.ts'
import { type ContainerRecord, findContainer } from '../../store/index.ts'
import { startNeeds } from '../containers/lifecycle/start-container.ts'
import { loadReconciled } from '../containers/lifecycle/reconcile.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import type { CheckpointFiles } from './files.ts'
import { loadLocked, type RestoreCall } from './load.ts'
import { requireCheckpoints } from './require-criu.ts'
import { restoreImage } from './restore-image.ts'

/**
 * Starts a container from the state saved in its own store; if it fails the container stays as it was, saved state and all. A name
 * that no container has may be a checkpoint image's, of which a container is made.
 */
export const restore: Verb<'container.restore'> = async (context, input, { signal }) => {
  const found = containerOf(context, input.container)
  await requireCheckpoints(context, 'restore', signal)
  const began = performance.now()
  let statistics: CriuStatistics | null = null
  const onRestored = async ({ work }: CheckpointFiles) => {
    if (input.printStats) statistics = await readCriuStatistics(path.join(work, 'stats-restore'))
  }
  const id = found
    ? await restoreContainer(context, found, input, { onRestored, signal })
    : await restoreImage(context, input, { onRestored, signal })
  return { Id: id, runtime_restore_duration: Math.round((performance.now() - began) * 1000), criu_statistics: statistics }
}

/** Nothing where there is none. */
function containerOf(context: Context, name: string): ContainerRecord | undefined {
  try {
    return findContainer(context.database, name)
  } catch (error) {
    if (EngineError.is(error, 'ContainerNotFound')) return undefined
    throw error
  }
}

async function restoreContainer(
  context: Context,
  found: ContainerRecord,
  input: Parsed<'container.restore'>,
  { onRestored, signal }: RestoreCall,
): Promise<string> {
  const given = (['name', 'pod', 'privileged', 'publishPorts'] as const).find((field) => input[field])
  if (given) {
    const flag = given === 'publishPorts' ? 'publish' : given
    throw new EngineError('InvalidArgument', `--${flag} can only be used with image or --import`, { details: { field: given } })
  }
  await startNeeds(context, found, { signal })
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
  return found.id
}
