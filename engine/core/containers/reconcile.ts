import { readdirSync, rmSync } from 'node:fs'
import path from 'node:path'

import { EngineError } from '../../errors/index.ts'
import { bootId } from '../../lib/process.ts'
import { containerById, containerNotFound, type ContainerRecord, containersToReconcile } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { cleanupLocked, hasEnded, hasRun } from './life/cleanup.ts'
import { removeLocked } from './life/remove.ts'
import { shallRestart } from './life/restart-policy.ts'
import { startLocked } from './life/start.ts'

/** How long a reader waits for whoever is at work on a container before it takes the record as it is. */
const patience = 3000

/**
 * Brings a record into line with the facts: a container whose monitor noted its end, or is gone, or that ran before the
 * last boot, has ended; what it held is freed and its restart policy followed. Cheap where nothing happened.
 *
 * @param options.locked whether the caller holds the container's lock; otherwise it is taken when something is to be done.
 * @returns the record as it is now; of one that was removed meanwhile or at its end, as it was last.
 * @throws EngineError `ContainerNotFound` for one that is gone now, only to the holder of its lock.
 */
export async function reconcile(
  context: Context,
  record: ContainerRecord,
  options: { locked?: boolean } = {},
): Promise<ContainerRecord> {
  if (!hasRun(record) || !hasEnded(context, record)) return record
  if (options.locked) {
    const settled = await settle(context, record)
    if (!containerById(context.database, record.id)) throw containerNotFound(record.name)
    return settled
  }
  try {
    return await context.lock('container', record.id, () => settleFresh(context, record), {
      signal: AbortSignal.timeout(patience),
    })
  } catch (error) {
    if (EngineError.is(error, 'Cancelled')) return containerById(context.database, record.id) ?? record
    throw error
  }
}

/** {@link reconcile} for every container that claims to run. Ended ones are found by one look at each and no waiting in line. */
export async function reconcileAll(context: Context): Promise<void> {
  const live = containersToReconcile(context.database)
  if (live.length === 0) return
  const noted = exitsIn(path.join(context.runRoot, 'exits'))
  const suspects = live.filter(({ id, state }) => noted.has(id) || state.bootId !== bootId() || !exists(state.conmonPid))
  await Promise.all(
    suspects.map((record) =>
      reconcile(context, record).catch((error: unknown) =>
        context.log.warn('a container that ended could not be cleaned up', {
          object: record.id,
          reason: (error as Error).message,
        }),
      ),
    ),
  )
}

async function settleFresh(context: Context, record: ContainerRecord): Promise<ContainerRecord> {
  const now = containerById(context.database, record.id)
  // Whoever held the lock may have done it, or removed the container.
  if (!now) {
    rmSync(context.lockFile('container', record.id), { force: true }) // made anew by asking for it
    return record
  }
  return hasRun(now) && hasEnded(context, now) ? await settle(context, now) : now
}

/**
 * Does all that follows from a container's end: notes it, frees what it held, starts it again or removes it, as it was
 * made to be. Its lock must be held. @returns the record, of a removed one as it was last.
 */
export async function settle(context: Context, record: ContainerRecord): Promise<ContainerRecord> {
  const ended = await cleanupLocked(context, record)
  if (shallRestart(ended, record)) return await startAgain(context, ended, record.state.restarts + 1)
  if (ended.config.autoRemove && record.state.status !== 'initialized') await removeEnded(context, ended)
  if (ended.pod !== null && !ended.config.isInfra)
    await (await import('../pods/exit-policy.ts')).followExitPolicy(context, ended.pod)
  return ended
}

async function startAgain(context: Context, ended: ContainerRecord, restarts: number): Promise<ContainerRecord> {
  try {
    return await startLocked(context, ended, { restarts })
  } catch (error) {
    context.log.error('a container could not be started again', { object: ended.id, reason: EngineError.from(error).message })
    return containerById(context.database, ended.id) ?? ended
  }
}

/** `--rm`, and `--rmi`: an image that others use stays. */
async function removeEnded(context: Context, ended: ContainerRecord): Promise<void> {
  try {
    await removeLocked(context, ended, { volumes: true })
    if (!ended.config.removeImage || !ended.config.image) return
    const [{ removeImage }, { collect }] = await Promise.all([import('../images/remove.ts'), import('../images/collect.ts')])
    await removeImage(context, ended.config.image.name)
    await collect(context)
  } catch (error) {
    context.log.warn('a container that was to be removed at its end, or its image, is still there', {
      object: ended.id,
      reason: EngineError.from(error).message,
    })
  }
}

function exitsIn(folder: string): Set<string> {
  try {
    return new Set(readdirSync(folder))
  } catch {
    return new Set()
  }
}

function exists(pid: number): boolean {
  if (pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
