import { rmSync } from 'node:fs'

import { EngineError } from '../../../errors/index.ts'
import { containerById, containerNotFound, type ContainerRecord, findContainer, updateState } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { type AfterRun, cleanupLocked } from './after-run.ts'
import { exitFacts, hasEnded, observe, possiblyEnded, withoutDeadStoppers } from './observe.ts'
import { removeLocked } from './delete-container.ts'
import { restartDelay, shouldRestart } from './restart-policy.ts'
import { beginWait, waitsForRestart } from './restart-wait.ts'
import { startLocked } from './start-run.ts'
import { activeStoppers } from './stoppers.ts'
import { holdsRun } from './transitions.ts'

// Acts on a container's exit. Callers: the exit command, verbs that change the container, `wait`, and the watch of a service.

/** Milliseconds to wait for a container's lock before the record is returned as it is. */
const lockTimeout = 3000

/** Milliseconds for which the removal of a container on its exit is waited for. */
const removalTimeout = 30_000

/**
 * Loads a container, reconciled, for the holder of its lock: its exit has been acted on, and a stop whose caller was killed is
 * cancelled.
 *
 * @throws EngineError `ContainerNotFound`, also for one that was removed at its end.
 */
export async function loadReconciled(context: Context, id: string): Promise<ContainerRecord> {
  const record = findContainer(context.database, id)
  if (!holdsRun(record)) return record
  if (!hasEnded(context, record)) return await withoutDeadStoppers(context, record)
  const after = await reconcile(context, record)
  if (!containerById(context.database, id)) throw containerNotFound(record.name)
  return after
}

/**
 * {@link reconcile} for a caller without the lock. Cheap if nothing happened.
 *
 * @returns the current record; the last one if the container was removed.
 */
export async function reconcileEnded(context: Context, record: ContainerRecord): Promise<ContainerRecord> {
  if (!holdsRun(record) || !hasEnded(context, record)) return await observe(context, record)
  const after = await reconcileWithin(context, record, lockTimeout)
  return after ?? (await observe(context, containerById(context.database, record.id) ?? record))
}

/**
 * Waits until a container that is removed on exit is gone, or the process that removes it has ended; its lock must not be held. What
 * a process that was killed left undone is done here. Gives up after {@link removalTimeout}.
 */
export async function untilRemoved(context: Context, record: ContainerRecord): Promise<void> {
  if (record.config.autoRemove && containerById(context.database, record.id))
    await reconcileWithin(context, record, removalTimeout)
}

/** Reconciles under the lock. @returns undefined if others held it for `timeout` milliseconds. */
async function reconcileWithin(context: Context, record: ContainerRecord, timeout: number): Promise<ContainerRecord | undefined> {
  try {
    return await context.lock('container', record.id, () => reconcileLocked(context, record), {
      signal: AbortSignal.timeout(timeout),
    })
  } catch (error) {
    if (EngineError.is(error, 'Cancelled')) return undefined
    throw error
  }
}

/** {@link reconcileEnded} for every container that has exited. A failure is logged. @returns whether there was any. */
export async function reconcileAll(context: Context): Promise<boolean> {
  const ended = possiblyEnded(context).filter((record) => hasEnded(context, record))
  const reconcileOne = (record: ContainerRecord) =>
    reconcileEnded(context, record).catch((error: unknown) =>
      context.log.warn('a container that ended could not be cleaned up', {
        object: record.id,
        reason: (error as Error).message,
      }),
    )
  await Promise.all(ended.map(reconcileOne))
  return ended.length > 0
}

/**
 * Runs `work`. If a port or an address is taken, reconciles all exited containers and tries once more. The caller holds no lock.
 */
export async function retryAfterReconcile<T>(context: Context, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!EngineError.is(error, 'PortInUse', 'AddressExhausted') || !(await reconcileAll(context))) throw error
    return await work()
  }
}

async function reconcileLocked(context: Context, record: ContainerRecord): Promise<ContainerRecord> {
  const now = containerById(context.database, record.id)
  // The lock's last holder may have done it, or removed the container.
  if (!now) {
    rmSync(context.lockFile('container', record.id), { force: true }) // acquiring the lock created it again
    return record
  }
  return holdsRun(now) && hasEnded(context, now) ? await reconcile(context, now) : now
}

const stateBefore = { nothing: 'exited', restart: 'stopped', wait: 'stopped', remove: 'removing' } as const satisfies Record<
  string,
  AfterRun
>

/** `wait`: it was stopped by a restart that is about to start it. */
function nextAction(context: Context, record: ContainerRecord, mayRestart: boolean): keyof typeof stateBefore {
  const { config, state } = record
  if (state.status === 'initialized') return 'nothing'
  if (activeStoppers(state).some(({ purpose }) => purpose === 'restart')) return 'wait'
  if (mayRestart && shouldRestart({ config, state: { ...state, ...exitFacts(context, record) } })) return 'restart'
  return config.autoRemove ? 'remove' : 'nothing'
}

/**
 * Acts on a container's exit: records it, frees what the container held, and restarts or removes it as configured. A restart whose
 * time has not come leaves it `stopped`, and the exit command or a service calls again. Its lock must be held. If the process is killed, the next caller continues from the state it leaves.
 *
 * @param options.restart whether the restart policy may start it again.
 * @returns the record; the last one if the container was removed.
 */
export async function reconcile(context: Context, record: ContainerRecord, { restart = true } = {}): Promise<ContainerRecord> {
  const follows = nextAction(context, record, restart)
  const ended = await cleanupLocked(context, record, stateBefore[follows])
  if (follows === 'wait') return ended
  if (follows === 'restart') {
    const waiting = waitsForRestart(ended) ? ended : await waitBeforeRestart(context, ended)
    if (Date.parse(waiting.state.restartAt ?? '') > Date.now()) return waiting
    return await restartEnded(context, waiting, record.state.restarts + 1)
  }
  if (follows === 'remove') await removeEnded(context, ended)
  if (ended.pod !== null && !ended.config.isInfra) await context.effects.followExitPolicy(ended.pod)
  return ended
}

/** A crash loop must not keep the host busy. */
function waitBeforeRestart(context: Context, ended: ContainerRecord): Promise<ContainerRecord> {
  const delay = restartDelay(ended)
  return beginWait(context, ended, Date.parse(ended.state.finishedAt) + delay, delay)
}

async function restartEnded(context: Context, ended: ContainerRecord, restarts: number): Promise<ContainerRecord> {
  const { database } = context
  try {
    return await startLocked(context, ended, { restarts })
  } catch (error) {
    context.log.error('a container could not be restarted', { object: ended.id, reason: EngineError.from(error).message })
    return await database.transaction(() => {
      const now = containerById(database, ended.id)
      if (now?.state.status !== 'stopped') return now ?? ended
      return { ...now, state: updateState(database, ended.id, { status: 'exited', stoppers: [] }) }
    })
  }
}

/** `--rm` and `--rmi`: an image that is in use stays. */
async function removeEnded(context: Context, ended: ContainerRecord): Promise<void> {
  try {
    await removeLocked(context, ended, { volumes: true })
    if (!ended.config.removeImage || !ended.config.image) return
    await context.effects.removeImage(ended.config.image.name)
  } catch (error) {
    context.log.warn('a container with --rm, or its image with --rmi, could not be removed', {
      object: ended.id,
      reason: EngineError.from(error).message,
    })
  }
}
