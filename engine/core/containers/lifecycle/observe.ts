import { readdirSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { ranOutOfMemory, readExit } from '../../../adapters/conmon/index.ts'
import { bootId, isAlive, isEnding } from '../../../lib/process/process.ts'
import {
  containerById,
  type ContainerRecord,
  type ContainerRunState,
  containersToReconcile,
  formatNano,
  timestamp,
  updateState,
} from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { warnOfDamage } from '../../damaged-records.ts'
import { containerPaths } from '../../paths.ts'
import { containerEvent } from '../records/event.ts'
import { activeStoppers, stillRunning } from './stoppers.ts'
import { holdsRun, isLive, isOver } from './transitions.ts'

/** The exit code of a container whose monitor was killed. */
const unknownExit = -1

/**
 * Whether a container that is running by its record has exited: the exit is recorded, the monitor wrote an exit file, its process
 * and its monitor are gone, or it belongs to another boot. One whose monitor alone was killed is running.
 */
export function hasEnded(context: Context, record: ContainerRecord): boolean {
  const { id, state } = record
  if (isOver(record) || state.bootId !== bootId()) return true
  if (readExit(containerPaths(context, id).exits, id) !== null) return true
  return !isAlive(state.conmonPid, state.conmonPidStart) && !isAlive(state.pid, state.pidStart)
}

/** Exit code and time for the record; empty for a run whose exit was recorded before, or that never started. */
export function exitFacts(context: Context, record: ContainerRecord): Partial<ContainerRunState> {
  const { id } = record
  if (!isLive(record)) return {}
  const paths = containerPaths(context, id)
  const exit = readExit(paths.exits, id)
  return {
    exitCode: exit?.code ?? unknownExit,
    finishedAt: exit ? formatNano(BigInt(Math.round(exit.at * 1e6))) : timestamp(),
    oomKilled: ranOutOfMemory(paths.bundle, paths.persist),
  }
}

/**
 * A container as it is now. An unrecorded exit is recorded (`stopped`, exit code, time, the event `died`), and so is that its
 * stoppers are gone; nothing else: freeing, restart and removal are up to reconcile.ts. Needs no lock, and never fails on a full
 * disk.
 *
 * @returns the record as readers see it: a container that is not reconciled yet is `exited`, one whose stoppers are gone `running`.
 */
export async function observe(context: Context, record: ContainerRecord): Promise<ContainerRecord> {
  if (!holdsRun(record)) return record
  if (isEndingNow(record)) await exitWritten(context, record)
  if (!hasEnded(context, record)) return await withoutDeadStoppers(context, record)
  if (!isLive(record)) return shown(context, record)
  const facts = exitFacts(context, record)
  const recorded = await recordExit(context, record, facts).catch((error: unknown) => {
    context.log.info('the exit of a container could not be recorded', { object: record.id, reason: (error as Error).message })
    return undefined
  })
  const now = recorded ?? containerById(context.database, record.id)
  // Another process recorded it first, or restarted it.
  return now && now.state.conmonPid !== record.state.conmonPid ? shown(context, now) : asExited(now ?? record, facts)
}

/** Milliseconds in which the monitor of a process that was killed writes down its end, and how often that is looked for. */
const exitTimeout = 2_000
const exitInterval = 2

/** Waits for the exit file of a container whose process ends at this moment, so that no reader sees it as running any more. */
async function exitWritten(context: Context, record: ContainerRecord): Promise<void> {
  const { id, state } = record
  const { exits } = containerPaths(context, id)
  const end = performance.now() + exitTimeout
  while (readExit(exits, id) === null && isAlive(state.conmonPid, state.conmonPidStart) && performance.now() < end)
    await sleep(exitInterval)
}

/** Whether the process of a running container was killed, or has ended. */
export function isEndingNow(record: ContainerRecord): boolean {
  const { status, pid, pidStart } = record.state
  return isLive(record) && status !== 'paused' && pid > 0 && isEnding(pid, pidStart)
}

/** Cancels a stop whose caller was killed, so that a later exit is not attributed to it. */
export async function withoutDeadStoppers(context: Context, record: ContainerRecord): Promise<ContainerRecord> {
  if (!isStopAbandoned(record)) return shown(context, record)
  const { database } = context
  const corrected = await database
    .transaction(() => {
      const now = containerById(database, record.id)
      if (!now || !isStopAbandoned(now) || now.state.conmonPid !== record.state.conmonPid) return now
      return { ...now, state: updateState(database, record.id, stillRunning) }
    })
    .catch(() => undefined)
  return shown(context, corrected ?? record)
}

/** Whether all processes that were stopping it were killed. */
function isStopAbandoned({ state }: ContainerRecord): boolean {
  return state.status === 'stopping' && activeStoppers(state).length === 0
}

/** {@link observe} for those that may have ended. @returns them. */
export async function observeEnded(context: Context): Promise<ContainerRecord[]> {
  return await Promise.all(possiblyEnded(context).map((record) => observe(context, record)))
}

/** {@link observe} for all containers. @param records reads them once the exits are recorded. @returns them as they are now. */
export async function observeAll(context: Context, records: () => ContainerRecord[]): Promise<ContainerRecord[]> {
  const ended = await observeEnded(context)
  const byId = new Map(ended.map((record) => [record.id, record]))
  return records().map((record) => {
    const found = byId.get(record.id)
    return found && found.state.conmonPid === record.state.conmonPid ? found : shown(context, record)
  })
}

/** Containers that are running by their record and may have exited, by one cheap check of each. */
export function possiblyEnded(context: Context): ContainerRecord[] {
  const held = containersToReconcile(context.database, warnOfDamage(context))
  if (held.length === 0) return []
  const recorded = exitsIn(path.join(context.runRoot, 'exits'))
  return held.filter(
    (record) =>
      holdsRun(record) &&
      (isOver(record) ||
        recorded.has(record.id) ||
        record.state.bootId !== bootId() ||
        !exists(record.state.conmonPid) ||
        isEndingNow(record) ||
        isStopAbandoned(record)),
  )
}

/** Only if it is still the run that was examined. */
async function recordExit(
  context: Context,
  { id, state }: ContainerRecord,
  facts: Partial<ContainerRunState>,
): Promise<ContainerRecord | undefined> {
  const { database } = context
  const recorded = await database.transaction(() => {
    const now = containerById(database, id)
    if (!now || !isLive(now) || now.state.conmonPid !== state.conmonPid || now.state.bootId !== state.bootId) return undefined
    return { ...now, state: updateState(database, id, { ...facts, status: 'stopped' }) }
  })
  if (recorded) containerEvent(context, recorded, 'died', { exitCode: recorded.state.exitCode })
  return recorded
}

function shown(context: Context, record: ContainerRecord): ContainerRecord {
  const { state } = record
  if (state.status === 'stopped') return asExited(record)
  if (state.status === 'initialized' && hasEnded(context, record))
    return { ...record, state: { ...state, status: state.finishedAt === '' ? 'created' : 'exited' } }
  if (isStopAbandoned(record)) return { ...record, state: { ...state, ...stillRunning } }
  return record
}

function asExited(record: ContainerRecord, facts: Partial<ContainerRunState> = {}): ContainerRecord {
  return { ...record, state: { ...record.state, ...(isLive(record) ? facts : {}), status: 'exited' } }
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
