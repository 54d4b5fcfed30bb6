import path from 'node:path'

import { type CriuStatistics, readCriuStatistics } from '../../adapters/criu-statistics.ts'
import { EngineError } from '../../errors/index.ts'
import { findContainer } from '../../store/index.ts'
import { loadReconciled } from '../containers/lifecycle/reconcile.ts'
import { localName } from '../images/resolve/names.ts'
import type { Verb } from '../verb.ts'
import { checkpointImage } from './checkpoint-image.ts'
import { dumpLocked } from './dump.ts'
import { checkpointFiles } from './files.ts'
import { gather } from './gather.ts'
import { ownIdsRefused, requireCheckpoints, requireSteps } from './require-criu.ts'
import { makeWorkspace } from './workspace.ts'

/**
 * Saves the state of a running container to its own store, and stops it unless `leaveRunning`. If it fails the container runs on. With
 * `createImage` an image is made of it besides; only that can fail once the container is stopped.
 */
export const checkpoint: Verb<'container.checkpoint'> = async (context, input, { signal }) => {
  const { id, config } = findContainer(context.database, input.name)
  const { createImage } = input
  // An image's name that cannot be one is refused before anything happens.
  if (createImage) localName(createImage)
  await requireCheckpoints(context, 'checkpoint', signal)
  await requireSteps(input, signal)
  if (config.idMappings) throw ownIdsRefused(config.spec.name ?? id)
  if (createImage && (input.preCheckpoint || input.withPrevious)) throw imageOfPart(input.preCheckpoint)
  if (config.autoRemove && !input.leaveRunning && !input.preCheckpoint && !createImage) {
    throw new EngineError(
      'InvalidArgument',
      `Container ${config.spec.name ?? id} is removed when it ends (--rm), and its saved state with it; export it instead.`,
      { details: { container: id } },
    )
  }
  const began = performance.now()
  const work = checkpointFiles(context, id).work
  const read = async () => (input.printStats ? await readCriuStatistics(path.join(work, 'stats-dump')) : null)
  let statistics: CriuStatistics | null = null
  const workspace = createImage ? makeWorkspace(context) : undefined
  try {
    const record = await context.lock(
      'container',
      id,
      async () => {
        const dumped = await dumpLocked(context, await loadReconciled(context, id), { ...input, signal })
        statistics = await read()
        if (workspace) await gather(context, dumped, workspace.path, input)
        return dumped
      },
      { signal },
    )
    if (createImage && workspace) await checkpointImage(context, record, createImage, workspace.path, signal)
  } finally {
    await workspace?.remove()
  }
  const duration = Math.round((performance.now() - began) * 1000)
  return { Id: id, runtime_checkpoint_duration: duration, criu_statistics: statistics }
}

function imageOfPart(preCheckpoint: boolean): EngineError {
  const flag = preCheckpoint ? '--pre-checkpoint' : '--with-previous'
  return new EngineError(
    'InvalidArgument',
    `--create-image can not be used with ${flag}: an image is made of a whole checkpoint.`,
  )
}
