import path from 'node:path'

import { readCriuStatistics } from '../../adapters/criu-statistics.ts'
import { EngineError } from '../../errors/index.ts'
import { findContainer } from '../../store/index.ts'
import { loadReconciled } from '../containers/lifecycle/reconcile.ts'
import type { Verb } from '../verb.ts'
import { dumpLocked } from './dump.ts'
import { checkpointFiles } from './files.ts'
import { ownIdsRefused, requireCheckpoints } from './require-criu.ts'

/** Saves the state of a running container to its own store, and stops it unless `leaveRunning`. If it fails the container runs on. */
export const checkpoint: Verb<'container.checkpoint'> = async (context, input, { signal }) => {
  const { id, config } = findContainer(context.database, input.name)
  await requireCheckpoints(context, 'checkpoint', signal)
  if (input.preCheckpoint && input.withPrevious)
    throw new EngineError('InvalidArgument', '--with-previous can not be used with --pre-checkpoint')
  if (input.preCheckpoint || input.withPrevious)
    throw new EngineError(
      'NotSupported',
      'Checkpoints in several steps are not supported by this version; leave --pre-checkpoint and --with-previous out.',
    )
  if (config.idMappings) throw ownIdsRefused(config.spec.name ?? id)
  if (config.autoRemove && !input.leaveRunning) {
    throw new EngineError(
      'InvalidArgument',
      `Container ${config.spec.name ?? id} is removed when it ends (--rm), and its saved state with it; export it instead.`,
      { details: { container: id } },
    )
  }
  const began = performance.now()
  await context.lock('container', id, async () => dumpLocked(context, await loadReconciled(context, id), { ...input, signal }), {
    signal,
  })
  const duration = Math.round((performance.now() - began) * 1000)
  const work = checkpointFiles(context, id).work
  const statistics = input.printStats ? await readCriuStatistics(path.join(work, 'stats-dump')) : null
  return { Id: id, runtime_checkpoint_duration: duration, criu_statistics: statistics }
}
