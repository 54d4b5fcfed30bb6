import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { containerById, type ContainerRecord, deleteContainer, dependents } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { containerPaths } from '../../paths.ts'
import { containerEvent } from '../event.ts'
import { removeAnonymousVolumes } from '../volumes.ts'
import { cleanupLocked } from './cleanup.ts'
import { freeRemains } from './free.ts'

/** How long an exit code can be asked for after its container is gone. */
const exitCodeKept = 5 * 60_000

/**
 * Removes a container that does not run, with its files and, if asked, its nameless volumes; its lock must be held.
 *
 * @throws EngineError `ContainerDependency` while other containers need it, in podman's words.
 */
export async function removeLocked(
  context: Context,
  record: ContainerRecord,
  options: { volumes?: boolean } = {},
): Promise<void> {
  const { id } = record
  const others = dependents(context.database, id)
  if (others.length > 0) {
    throw new EngineError(
      'ContainerDependency',
      `container ${id} has dependent containers which must be removed before it: ${others.join(', ')}: container already exists`,
      {
        details: { container: id, dependents: others },
      },
    )
  }
  const idle = await cleanupLocked(context, record)
  await freeRemains(context, idle)
  const paths = containerPaths(context, id)
  if (idle.config.rootfs === '') await (await context.layers()).removeSnapshot(id)
  await Promise.all([rm(paths.folder, { recursive: true, force: true }), rm(paths.run, { recursive: true, force: true })])
  await context.database.transaction(() => deleteContainer(context.database, id))
  if (options.volumes) await removeAnonymousVolumes(context, idle.config.mounts)
  containerEvent(context, idle, 'remove')
  rmSync(context.lockFile('container', id), { force: true })
  sweepExits(paths.exits)
}

/** Runs `work`; when it fails for a container that is to be removed at its end and never ran, that is now. */
export async function removeAfterFailure<T>(context: Context, record: ContainerRecord, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { autoRemove } = record.config
    if (autoRemove && !EngineError.is(error, 'ContainerAlreadyStarted', 'ContainerStateInvalid', 'Cancelled'))
      await removeIdle(context, record.id)
    throw error
  }
}

async function removeIdle(context: Context, id: string): Promise<void> {
  await context.lock('container', id, async () => {
    const now = containerById(context.database, id)
    if (now && (now.state.status === 'created' || now.state.status === 'exited'))
      await removeLocked(context, now, { volumes: true })
  })
}

function sweepExits(folder: string): void {
  // After a restart of the host it is not there before something runs.
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name)
    const found = statSync(file, { throwIfNoEntry: false })
    // Another container's, which has not been cleaned up yet, is younger.
    if (found && Date.now() - found.mtimeMs > exitCodeKept) rmSync(file, { force: true })
  }
}
