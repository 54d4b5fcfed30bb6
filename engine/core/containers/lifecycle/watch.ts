import { mkdirSync } from 'node:fs'
import path from 'node:path'

import { readExit } from '../../../adapters/conmon/index.ts'
import { watchFolder } from '../../../lib/files/watch-folder.ts'
import { containerById, type ContainerRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { closeAttendedExits, openAttendedExits } from './attended-exits.ts'
import { currentContainers } from '../records/live.ts'
import { possiblyEnded } from './observe.ts'
import { reconcileEnded } from './reconcile.ts'

/** Polling interval in milliseconds; the monitor's exit command has this long to act first. */
const interval = 5000

/**
 * For as long as a service lives, reconciles the containers that it initialized as soon as their monitor has written down the exit, which
 * costs a process less than an exit command; and later those that no exit command reconciled, because it or the monitor was killed or
 * the host crashed. A failure is logged and retried.
 */
export function watchForExits(context: Context, signal: AbortSignal, every = interval): void {
  // A service may have ended before this was loaded.
  if (signal.aborted) return
  watchAttended(context, signal)
  lookForEnded(context, signal, every)
}

function watchAttended(context: Context, signal: AbortSignal): void {
  const exits = path.join(context.runRoot, 'exits')
  mkdirSync(exits, { recursive: true, mode: 0o700 })
  const ids = openAttendedExits(context)
  const look = async (id: string): Promise<void> => {
    if (!ids.has(id) || readExit(exits, id) === null) return
    ids.delete(id)
    const record = containerById(context.database, id)
    if (record) await reconcileEnded(context, record)
  }
  const changed = (name: string | null): void => {
    for (const id of name === null ? [...ids] : [name]) look(id).catch(failed(context, signal))
  }
  const end = (): void => closeAttendedExits(context)
  const watcher = watchFolder(exits, changed, end)
  const close = (): void => {
    end()
    watcher.close()
  }
  signal.addEventListener('abort', close, { once: true })
}

/** What fails since the service ends meanwhile is left to the next one. */
const failed = (context: Context, signal: AbortSignal) => (error: unknown) => {
  if (!signal.aborted) context.log.warn('containers that ended could not be cleaned up', { reason: String(error) })
}

function lookForEnded(context: Context, signal: AbortSignal, every: number): void {
  let known: readonly ContainerRecord[] = []
  let before = new Map<string, number>()
  let busy = false
  const look = async (): Promise<void> => {
    const records = await currentContainers(context)
    if (records === known && before.size === 0) return
    known = records
    const found = possiblyEnded(context)
    const again = found.filter(({ id, state }) => before.get(id) === state.conmonPid)
    before = new Map(found.map(({ id, state }) => [id, state.conmonPid]))
    for (const record of again) await reconcileEnded(context, record)
  }
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    void look()
      .catch(failed(context, signal))
      .finally(() => (busy = false))
  }, every)
  timer.unref()
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })
}
