import type { ContainerRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { currentContainers } from '../records/live.ts'
import { possiblyEnded } from './observe.ts'
import { reconcileEnded } from './reconcile.ts'

/** Polling interval in milliseconds; the monitor's exit command has this long to act first. */
const interval = 5000

/**
 * Reconciles containers that no exit command reconciled, because it or the monitor was killed or the host crashed, for as long as a
 * service lives. A failure is logged and retried.
 */
export function watchForExits(context: Context, signal: AbortSignal, every = interval): void {
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
      .catch((error: unknown) => context.log.warn('containers that ended could not be cleaned up', { reason: String(error) }))
      .finally(() => (busy = false))
  }, every)
  timer.unref()
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })
}
