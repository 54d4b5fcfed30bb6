import type { CallOptions } from '../../../contract/index.ts'
import { containerById, type ContainerRecord, type ContainerRunState, timestamp, updateState } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { containerEvent } from '../records/event.ts'
import { cleanupLocked } from './after-run.ts'
import { initLocked } from './set-up-run.ts'
import { endWait } from './restart-wait.ts'
import { requirePermitted } from './transitions.ts'

/**
 * Starts a container, initializing it first if needed; its lock must be held. A failed attempt leaves nothing behind.
 *
 * @param restarts how often its restart policy has started it.
 * @throws EngineError `ContainerAlreadyStarted`, `ContainerStateInvalid`, and the runtime's errors.
 */
export async function startLocked(
  context: Context,
  record: ContainerRecord,
  options: CallOptions & { restarts?: number } = {},
): Promise<ContainerRecord> {
  const { id, state } = record
  requirePermitted('start', record)
  const ready = state.status === 'initialized' ? record : await initLocked(context, record, options)
  const { runtime: program, cgroupManager } = ready.config
  const runtime = await context.runtime({ program, cgroupManager })
  try {
    await runtime.start(id, options)
  } catch (error) {
    // Done by a process that was killed before it could record it.
    const runs = state.status === 'initialized' && (await runtime.state(id).catch(() => null))?.status === 'running'
    if (!runs) {
      await cleanupLocked(context, ready)
      throw error
    }
  }
  const started = {
    status: 'running',
    startedAt: timestamp(),
    stoppedByUser: false,
    stoppers: [],
    restarts: options.restarts ?? 0,
    restartAt: undefined,
    ...(options.restarts === undefined ? { restartDelay: undefined } : {}),
    checkpointed: false,
    restored: false,
    exitCode: 0,
    ...(record.config.health ? { health: 'starting' } : {}),
  } satisfies Partial<ContainerRunState>
  await context.database.transaction(() => updateState(context.database, id, started))
  endWait(context, id)
  const running = containerById(context.database, id) as ContainerRecord
  containerEvent(context, running, 'start')
  if (running.config.notify) (await import('./notify.ts')).tellStarted(context, running)
  if (running.config.health) await (await import('../health/begin.ts')).beginHealth(context, running)
  return running
}
