import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

import { waitForExit } from '../../../adapters/conmon/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { signalName } from '../../../spec/signal.ts'
import { isAlive } from '../../../lib/process/process.ts'
import { containerById, type ContainerRecord, type Stopper, updateState } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { containerPaths } from '../../paths.ts'
import { containerEvent } from '../records/event.ts'
import { cleanupLocked } from './after-run.ts'
import { hasEnded } from './observe.ts'
import { reconcile, loadReconciled } from './reconcile.ts'
import { waitsForRestart } from './restart-wait.ts'
import { activeStoppers, newStopper, stillRunning } from './stoppers.ts'
import { holdsRun, isOver, requirePermitted } from './transitions.ts'

/** Milliseconds a killed container may take to exit. */
const killTimeout = 10_000

/** Polling interval for a process whose monitor was killed, milliseconds. */
const lookInterval = 50

export interface StopOptions {
  /** Seconds until SIGKILL; by default the container's stop timeout; negative: no limit. */
  timeout?: number
  /** Also a paused container: it is killed. */
  force?: boolean
  purpose?: Stopper['purpose']
  /** The caller removes it: what its exit leads to is left to the removal, and there is no event `stop`. */
  removal?: boolean
  signal?: AbortSignal
  /** Milliseconds a killed container may take to exit. */
  killTimeout?: number
}

/**
 * Stops a running container: its stop signal, then SIGKILL. The lock is held only to change its state, so that it can be inspected
 * and killed meanwhile. If the stop fails or is aborted, and no other stop is pending, it is `running` again.
 *
 * With the purpose `restart` no exit action is taken: the caller starts it, or cancels with {@link cancelStop}.
 *
 * @returns the token for {@link cancelStop}.
 * @throws EngineError `ContainerAlreadyStopped`, `ContainerStateInvalid`, `StopTimeout`, `Cancelled`.
 */
export async function stopContainer(context: Context, id: string, options: StopOptions = {}): Promise<Stopper | undefined> {
  const stopper = newStopper(options.purpose ?? 'stop')
  const record = await context.lock('container', id, () => beginStop(context, id, stopper, options), { signal: options.signal })
  if (!record) return undefined
  try {
    await endProcess(context, record, options)
  } catch (error) {
    await cancelStop(context, id, stopper)
    throw error
  }
  if (options.removal) return stopper
  await context.lock('container', id, async () => {
    const now = containerById(context.database, id)
    if (!now || !holdsRun(now) || now.state.conmonPid !== record.state.conmonPid) return
    containerEvent(context, now, 'stop')
    await reconcile(context, now)
  })
  return stopper
}

async function beginStop(
  context: Context,
  id: string,
  stopper: Stopper,
  { force }: StopOptions,
): Promise<ContainerRecord | undefined> {
  const record = await loadReconciled(context, id)
  if (waitsForRestart(record) && stopper.purpose !== 'restart') return await stopWaiting(context, record, stopper)
  requirePermitted(force ? 'forceStop' : 'stop', record)
  const { status } = record.state
  if (status === 'initialized') {
    await cleanupLocked(context, record)
    return undefined
  }
  // Before the state changes: a caller that is killed in between leaves a paused container.
  if (status === 'paused') await thaw(context, record)
  const stoppedByUser = record.state.stoppedByUser || stopper.purpose === 'stop'
  const stoppers = [...activeStoppers(record.state), stopper]
  const { database } = context
  await database.transaction(() => {
    const now = containerById(database, id)
    // A reader may have recorded its exit since.
    if (now) updateState(database, id, { ...(isOver(now) ? {} : { status: 'stopping' }), stoppedByUser, stoppers })
  })
  return record
}

/** What runs no more and is only about to be started again is stopped by not starting it. */
async function stopWaiting(context: Context, record: ContainerRecord, stopper: Stopper): Promise<undefined> {
  const { database } = context
  const changes = { stoppedByUser: stopper.purpose === 'stop', stoppers: [stopper] }
  const state = await database.transaction(() => updateState(database, record.id, changes))
  containerEvent(context, await reconcile(context, { ...record, state }), 'stop')
}

/**
 * Cancels a stop: the container is `running` again, unless another stop is pending or it has exited, in which case it is
 * reconciled. Idempotent.
 *
 * @param options.restart whether the restart policy may start one that has ended.
 */
export async function cancelStop(
  context: Context,
  id: string,
  stopper: Stopper,
  options: { restart?: boolean } = {},
): Promise<void> {
  const { database } = context
  await context.lock('container', id, async () => {
    const now = containerById(database, id)
    if (!now || !holdsRun(now) || !now.state.stoppers?.some(({ token }) => token === stopper.token)) return
    const others = activeStoppers(now.state).filter(({ token }) => token !== stopper.token)
    if (hasEnded(context, now)) {
      // It has exited, as the stop wanted.
      const stoppers = stopper.purpose === 'restart' ? others : now.state.stoppers
      const state = await database.transaction(() => updateState(database, id, { stoppers }))
      await reconcile(context, { ...now, state }, options)
      return
    }
    const stoppedByUser = others.some(({ purpose }) => purpose === 'stop')
    const left = others.length === 0 ? stillRunning : { stoppers: others, stoppedByUser }
    await database.transaction(() => updateState(database, id, left))
  })
}

/** A frozen process does not act on signals, not even SIGKILL. */
async function thaw(context: Context, { id, state, config }: ContainerRecord): Promise<void> {
  signalProcess(state, constants.signals.SIGKILL)
  const { runtime: program, cgroupManager } = config
  await (await context.runtime({ program, cgroupManager })).resume(id)
}

async function endProcess(
  context: Context,
  record: ContainerRecord,
  { timeout = record.config.stopTimeout, signal, killTimeout: afterKill = killTimeout }: StopOptions,
): Promise<void> {
  const { state, config } = record
  const first = timeout === 0 ? constants.signals.SIGKILL : config.stopSignal
  signalProcess(state, first)
  if (first !== constants.signals.SIGKILL) {
    if (await ended(context, record, timeout < 0 ? undefined : timeout * 1000, signal)) return
    context.log.warn(
      `StopSignal ${signalName(first)} failed to stop container ${record.name} in ${timeout} seconds, resorting to SIGKILL`,
    )
    signalProcess(state, constants.signals.SIGKILL)
  }
  if (!(await ended(context, record, afterKill, signal))) throw killTimedOut(record, afterKill)
}

function killTimedOut({ id, name, state }: ContainerRecord, milliseconds: number): EngineError {
  const message = `container ${name} has not ended within ${milliseconds / 1000} s of SIGKILL: its process ${state.pid} hangs in the kernel, mostly for a disk or a network file system; stop it again once that answers.`
  return new EngineError('StopTimeout', message, { details: { container: id, pid: state.pid } })
}

/** Waits for the container to exit. @returns false after the timeout. @throws EngineError `Cancelled`. */
async function ended(
  context: Context,
  { id, state }: ContainerRecord,
  longest: number | undefined,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const limits = [...(longest === undefined ? [] : [AbortSignal.timeout(longest)]), ...(signal ? [signal] : [])]
  const either = limits.length > 0 ? AbortSignal.any(limits) : undefined
  const monitor = { pid: state.conmonPid, startTime: state.conmonPidStart }
  try {
    await waitForExit({ exitDir: containerPaths(context, id).exits, id, monitor, signal: either })
    return true
  } catch (error) {
    if (EngineError.is(error, 'MonitorFailed')) await waitUntilGone(state, either)
    else if (!EngineError.is(error, 'Cancelled')) throw error
    if (signal?.aborted)
      throw new EngineError('Cancelled', `The request was cancelled while container ${id} was being stopped.`, { cause: error })
    return EngineError.is(error, 'MonitorFailed') && !isAlive(state.pid, state.pidStart)
  }
}

/** Nothing reports the exit of a process whose monitor was killed. */
async function waitUntilGone({ pid, pidStart }: ContainerRecord['state'], signal: AbortSignal | undefined): Promise<void> {
  while (isAlive(pid, pidStart) && !signal?.aborted) await sleep(lookInterval, undefined, { signal }).catch(() => {})
}

/** Signals the process of the record, and none if it has exited. */
export function signalProcess({ pid, pidStart }: { pid: number; pidStart: string }, signal: number): void {
  if (pid <= 0 || !isAlive(pid, pidStart)) return
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
