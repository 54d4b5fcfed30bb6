import type { CallOptions } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { containerById, type ContainerRecord, timestamp, updateState } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { containerEvent } from '../event.ts'
import { cleanupLocked } from './cleanup.ts'
import { initLocked } from './init.ts'

/**
 * Starts a container, making it ready first where that has not been done; its lock must be held. On failure nothing of
 * the attempt is left.
 *
 * @param restarts how often its restart policy has started it.
 * @throws EngineError `ContainerAlreadyStarted`, `ContainerStateInvalid`, and what the runtime says.
 */
export async function startLocked(
  context: Context,
  record: ContainerRecord,
  options: CallOptions & { restarts?: number } = {},
): Promise<ContainerRecord> {
  const { id, state } = record
  const details = { container: id, state: state.status }
  if (state.status === 'running')
    throw new EngineError('ContainerAlreadyStarted', `container ${id} is already running`, { details })
  if (!['created', 'initialized', 'exited', 'stopped'].includes(state.status)) {
    throw new EngineError(
      'ContainerStateInvalid',
      `unable to start container ${JSON.stringify(id)}: container ${id} must be in Created or Stopped state to be started: container state improper`,
      { details },
    )
  }
  const ready = state.status === 'initialized' ? record : await initLocked(context, record, options)
  try {
    const { runtime: program, cgroupManager } = ready.config
    await (await context.runtime({ program, cgroupManager })).start(id, options)
  } catch (error) {
    await cleanupLocked(context, ready)
    throw error
  }
  const started = {
    status: 'running',
    startedAt: timestamp(),
    stoppedByUser: false,
    restarts: options.restarts ?? 0,
    checkpointed: false,
    restored: false,
    exitCode: 0,
  } as const
  await context.database.transaction(() => updateState(context.database, id, started))
  const running = containerById(context.database, id) as ContainerRecord
  containerEvent(context, running, 'start')
  return running
}
