import { containerById, type ContainerRecord, deleteExecSessionsOf, dependents, updateState } from '../../../store/index.ts'
import type { ContainerRunState } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { containerEvent } from '../records/event.ts'
import { freeRun } from './free.ts'
import { exitFacts } from './observe.ts'
import { endWait } from './restart-wait.ts'
import { holdsRun, isLive } from './transitions.ts'

/** The state after cleanup: `exited`, `stopped` (more actions follow), or `removing`. */
export type AfterRun = 'exited' | 'stopped' | 'removing'

/**
 * Frees what a container's run held and records its exit if that is not done; its lock must be held. What still runs is killed.
 * Does nothing for a container that holds nothing.
 *
 * @param next the state it is left in; `exited` instead of `removing` while other containers need it.
 * @returns the record afterwards. A failure to free something is logged: the container has exited all the same.
 */
export async function cleanupLocked(
  context: Context,
  record: ContainerRecord,
  next: AfterRun = 'exited',
): Promise<ContainerRecord> {
  if (!holdsRun(record)) return record
  const { id, state } = record
  const freed = state.status === 'stopped' && state.conmonPid === 0
  if (freed && next === 'stopped') return record
  const facts = exitFacts(context, record)
  if (!freed) await free(context, record)
  const { database } = context
  const recorded = await database.transaction(() => {
    const now = containerById(database, id)
    if (!now) return undefined
    const kept = next === 'removing' && dependents(database, id).length > 0 ? 'exited' : next
    const status = kept === 'exited' && state.status === 'initialized' && state.finishedAt === '' ? 'created' : kept
    const first = isLive(now)
    const stoppers = status === 'stopped' ? now.state.stoppers : []
    const after = updateState(database, id, { ...(first ? facts : {}), ...nothingRuns, restartAt: undefined, stoppers, status })
    deleteExecSessionsOf(database, id)
    return { first, after }
  })
  endWait(context, id)
  if (!recorded) return { ...record, state: { ...state, ...facts, ...nothingRuns, status: next } }
  const after = { ...record, state: recorded.after }
  if (recorded.first) containerEvent(context, after, 'died', { exitCode: after.state.exitCode })
  // Podman's removal says `died` and `remove`.
  if (!freed && next !== 'removing') containerEvent(context, after, 'cleanup')
  return after
}

async function free(context: Context, record: ContainerRecord): Promise<void> {
  try {
    await freeRun(context, record)
  } catch (error) {
    context.log.warn('resources of an exited container could not all be freed', { object: record.id, reason: reasons(error) })
  }
}

const nothingRuns = {
  pid: 0,
  pidStart: '',
  conmonPid: 0,
  conmonPidStart: '',
  netnsPath: '',
  networks: {},
  pastaPid: 0,
  pastaPidStart: '',
  cgroupPath: '',
  mounted: false,
} satisfies Partial<ContainerRunState>

function reasons(error: unknown): string {
  return error instanceof AggregateError
    ? error.errors.map((each) => (each as Error).message).join('; ')
    : (error as Error).message
}
