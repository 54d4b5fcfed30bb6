import { constants } from 'node:os'

import { waitForExit } from '../../../adapters/conmon.ts'
import { EngineError } from '../../../errors/index.ts'
import { isAlive } from '../../../lib/process.ts'
import { containerById, type ContainerRecord, findContainer, updateState } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { containerPaths } from '../../paths.ts'
import { containerEvent } from '../event.ts'
import { reconcile, settle } from '../reconcile.ts'
import { cleanupLocked, hasRun } from './cleanup.ts'

/** How long a killed container may take to be gone. */
const killGrace = 10_000

export interface StopOptions {
  /** Seconds until SIGKILL, the container's own by default; negative waits for ever. */
  timeout?: number
  /** Also one that is paused: it is killed. */
  force?: boolean
  signal?: AbortSignal
}

/**
 * Ends a running container: its stop signal, then SIGKILL. Its lock is taken only to change its state, so that it can be
 * looked at, and killed, meanwhile.
 *
 * @throws EngineError `ContainerAlreadyStopped`, `ContainerStateInvalid`.
 */
export async function stopContainer(context: Context, id: string, options: StopOptions = {}): Promise<void> {
  const record = await context.lock('container', id, () => beginStop(context, id, options), { signal: options.signal })
  if (!record) return
  await endProcess(context, record, options)
  await context.lock('container', id, async () => {
    const now = containerById(context.database, id)
    if (now && hasRun(now) && now.state.conmonPid === record.state.conmonPid)
      containerEvent(context, await settle(context, now), 'stop')
  })
}

async function beginStop(context: Context, id: string, { force }: StopOptions): Promise<ContainerRecord | undefined> {
  const record = await reconcile(context, findContainer(context.database, id), { locked: true })
  const { status } = record.state
  const details = { container: id, state: status }
  if (status === 'exited' || status === 'stopped')
    throw new EngineError('ContainerAlreadyStopped', `container ${id} is already stopped: container has already been stopped`, {
      details,
    })
  if (status === 'initialized') {
    await cleanupLocked(context, record)
    return undefined
  }
  if (status !== 'running' && status !== 'stopping' && !(force && status === 'paused')) {
    throw new EngineError(
      'ContainerStateInvalid',
      `can only stop created or running containers. ${id} is in state ${status}: container state improper`,
      { details },
    )
  }
  await context.database.transaction(() => updateState(context.database, id, { status: 'stopping', stoppedByUser: true }))
  if (status === 'paused') await thaw(context, record)
  return record
}

/** A frozen process does not even die. */
async function thaw(context: Context, { id, state, config }: ContainerRecord): Promise<void> {
  signalProcess(state, constants.signals.SIGKILL)
  const { runtime: program, cgroupManager } = config
  await (await context.runtime({ program, cgroupManager })).resume(id)
}

async function endProcess(
  context: Context,
  record: ContainerRecord,
  { timeout = record.config.stopTimeout, signal }: StopOptions,
): Promise<void> {
  const { state, config } = record
  const first = timeout === 0 ? constants.signals.SIGKILL : config.stopSignal
  signalProcess(state, first)
  if (first === constants.signals.SIGKILL) return await ended(context, record, killGrace, signal)
  try {
    await ended(context, record, timeout < 0 ? undefined : timeout * 1000, signal)
  } catch (error) {
    if (signal?.aborted || !EngineError.is(error, 'Cancelled')) throw error
    context.log.warn('the stop signal did not end the container in time, killing it', { object: record.id })
    signalProcess(state, constants.signals.SIGKILL)
    await ended(context, record, killGrace, signal)
  }
}

async function ended(
  context: Context,
  { id, state }: ContainerRecord,
  longest: number | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const limits = [...(longest === undefined ? [] : [AbortSignal.timeout(longest)]), ...(signal ? [signal] : [])]
  try {
    await waitForExit({
      exitDir: containerPaths(context, id).exits,
      id,
      monitor: { pid: state.conmonPid, startTime: state.conmonPidStart },
      ...(limits.length > 0 ? { signal: AbortSignal.any(limits) } : {}),
    })
  } catch (error) {
    // Its monitor was killed: whoever cleans up kills the container.
    if (!EngineError.is(error, 'MonitorFailed')) throw error
  }
}

/** Signals the very process of the record, and nothing if it is gone. */
export function signalProcess({ pid, pidStart }: { pid: number; pidStart: string }, signal: number): void {
  if (pid <= 0 || !isAlive(pid, pidStart)) return
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
