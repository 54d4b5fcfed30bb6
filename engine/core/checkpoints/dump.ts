import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'

import { checkpoint as criuCheckpoint, criuCgroupsMode } from '../../adapters/criu.ts'
import { EngineError } from '../../errors/index.ts'
import { writeFileAtomic } from '../../lib/files/atomic-file.ts'
import { type ContainerRecord, timestamp, updateState } from '../../store/index.ts'
import { containerEvent } from '../containers/records/event.ts'
import { cleanupLocked } from '../containers/lifecycle/after-run.ts'
import { requirePermitted } from '../containers/lifecycle/transitions.ts'
import type { Context } from '../context.ts'
import { containerPaths } from '../paths.ts'
import { checkpointFiles, criuSettings, parentLink, removeCheckpoint } from './files.ts'
import { explainFailure } from './explain.ts'
import { ownsShm, saveShm } from './shm.ts'

export interface DumpOptions {
  leaveRunning: boolean
  tcpEstablished: boolean
  fileLocks: boolean
  /** Saves the memory alone, as what a later checkpoint `withPrevious` goes on from; the container runs on. */
  preCheckpoint?: boolean
  withPrevious?: boolean
  signal?: AbortSignal
}

/**
 * Saves a running container's state into its store and stops it unless `leaveRunning` or `preCheckpoint`; its lock must be held. On
 * failure it keeps running, and an earlier saved state is gone.
 *
 * @returns the record afterwards.
 * @throws CheckpointInvalid where there is no pre-checkpoint to go on from.
 */
export async function dumpLocked(context: Context, record: ContainerRecord, options: DumpOptions): Promise<ContainerRecord> {
  const { id, config, state } = record
  requirePermitted('checkpoint', record)
  const files = checkpointFiles(context, id)
  const paths = containerPaths(context, id)
  const { leaveRunning, tcpEstablished, fileLocks, preCheckpoint = false, withPrevious = false, signal } = options
  if (withPrevious && !existsSync(files.previous)) throw noPrevious(record)
  await removeCheckpoint(files, { keepPrevious: withPrevious })
  const target = preCheckpoint ? files.previous : files.images
  // Under its final name only once it is whole.
  const images = `${target}.new`
  await rm(images, { recursive: true, force: true })
  const runtime = await context.runtime({ program: config.runtime, cgroupManager: config.cgroupManager })
  try {
    await criuCheckpoint(runtime, id, {
      imagePath: images,
      workPath: files.work,
      leaveRunning: leaveRunning && !preCheckpoint,
      tcpEstablished,
      fileLocks,
      preDump: preCheckpoint,
      ...(withPrevious ? { parentPath: parentLink.target } : {}),
      manageCgroups: criuCgroupsMode(context.cgroups, runtime),
      environment: criuSettings(record, files),
      signal,
    })
    if (!preCheckpoint) {
      if (ownsShm(record)) await saveShm(paths.shm, files.shm)
      await writeFileAtomic(files.network, JSON.stringify(state.networks))
    }
    await rename(images, target)
  } catch (error) {
    await rm(images, { recursive: true, force: true })
    throw explainFailure(error)
  }
  if (!preCheckpoint) return await afterDump(context, record, leaveRunning)
  containerEvent(context, record, 'checkpoint')
  return record
}

function noPrevious({ id, config }: ContainerRecord): EngineError {
  const name = config.spec.name ?? id
  const message = `Container ${name} has no pre-checkpoint to go on from; make one with "container checkpoint --pre-checkpoint ${name}" first.`
  return new EngineError('CheckpointInvalid', message, { details: { container: id } })
}

async function afterDump(context: Context, record: ContainerRecord, leaveRunning: boolean): Promise<ContainerRecord> {
  const saved = { checkpointed: true, checkpointedAt: timestamp(), checkpointPath: checkpointFiles(context, record.id).images }
  if (leaveRunning) {
    const state = await context.database.transaction(() =>
      updateState(context.database, record.id, { checkpointedAt: saved.checkpointedAt, checkpointPath: saved.checkpointPath }),
    )
    containerEvent(context, record, 'checkpoint')
    return { ...record, state }
  }
  // It was stopped by the checkpoint: its restart policy does not apply.
  await context.database.transaction(() => updateState(context.database, record.id, { stoppedByUser: true }))
  const ended = await cleanupLocked(context, record)
  const state = await context.database.transaction(() => updateState(context.database, record.id, { ...saved, exitCode: 0 }))
  containerEvent(context, ended, 'checkpoint')
  return { ...ended, state }
}
