import { readdirSync } from 'node:fs'
import path from 'node:path'

import { EngineError } from '../../errors/index.ts'
import { bootId } from '../../lib/process.ts'
import { containerById, type ContainerRecord, containersToReconcile } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { cleanupLocked, hasEnded, hasRun } from './life/cleanup.ts'
import { shallRestart } from './life/restart-policy.ts'
import { startLocked } from './life/start.ts'

/** How long a reader waits for whoever is at work on a container before it takes the record as it is. */
const patience = 3000

/**
 * Brings a record into line with the facts: a container whose monitor noted its end, or is gone, or that ran before the
 * last boot, has ended; what it held is freed and its restart policy followed. Cheap where nothing happened.
 *
 * @param options.locked whether the caller holds the container's lock; otherwise it is taken when something is to be done.
 * @returns the record as it is now; of one that was removed meanwhile, as it was.
 */
export async function reconcile(
  context: Context,
  record: ContainerRecord,
  options: { locked?: boolean } = {},
): Promise<ContainerRecord> {
  if (!hasRun(record) || !hasEnded(context, record)) return record
  if (options.locked) return await settle(context, record)
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
  if (!now) return record
  return hasRun(now) && hasEnded(context, now) ? await settle(context, now) : now
}

async function settle(context: Context, record: ContainerRecord): Promise<ContainerRecord> {
  const ended = await cleanupLocked(context, record)
  if (!shallRestart(ended, record)) return ended
  try {
    return await startLocked(context, ended, { restarts: record.state.restarts + 1 })
  } catch (error) {
    context.log.error('a container could not be started again', { object: record.id, reason: EngineError.from(error).message })
    return containerById(context.database, record.id) ?? ended
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
