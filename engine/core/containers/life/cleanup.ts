import { ranOutOfMemory, readExit } from '../../../adapters/conmon.ts'
import { bootId, isAlive } from '../../../lib/process.ts'
import {
  containerById,
  type ContainerRecord,
  type ContainerRunState,
  deleteExecSessionsOf,
  formatNano,
  timestamp,
  updateState,
} from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { containerPaths } from '../../paths.ts'
import { containerEvent } from '../event.ts'
import { freeRun } from './free.ts'

/** An end that nobody noted. */
const unknownExit = -1

/** Whether something of the container runs or is mounted, by its record. */
export function hasRun({ state }: ContainerRecord): boolean {
  return !['created', 'exited', 'configured'].includes(state.status)
}

/** Whether the container's process has ended: its monitor said so, is gone, or belongs to another boot. */
export function hasEnded(context: Context, { id, state }: ContainerRecord): boolean {
  if (state.bootId !== bootId()) return true
  if (readExit(containerPaths(context, id).exits, id) !== null) return true
  return !isAlive(state.conmonPid, state.conmonPidStart)
}

/**
 * Notes how a container ended and frees what its run held; its lock must be held. One whose monitor was killed is killed
 * too. Nothing for a container that does not run.
 *
 * @returns the record afterwards. A failure to free something is logged: the container has ended all the same.
 */
export async function cleanupLocked(context: Context, record: ContainerRecord): Promise<ContainerRecord> {
  if (!hasRun(record)) return record
  const { id, state } = record
  const paths = containerPaths(context, id)
  const exit = readExit(paths.exits, id)
  const started = state.status !== 'initialized'
  const ended: Partial<ContainerRunState> = {
    status: started ? 'exited' : state.finishedAt === '' ? 'created' : 'exited',
    ...(started
      ? {
          exitCode: exit?.code ?? unknownExit,
          finishedAt: exit ? formatNano(BigInt(Math.round(exit.at * 1e6))) : timestamp(),
          oomKilled: ranOutOfMemory(paths.bundle, paths.persist),
        }
      : {}),
  }
  try {
    await freeRun(context, record)
  } catch (error) {
    context.log.warn('a container that ended did not let go of everything', { object: id, reason: reasons(error) })
  }
  await context.database.transaction(() => {
    updateState(context.database, id, { ...ended, ...nothingRuns })
    deleteExecSessionsOf(context.database, id)
  })
  const after = containerById(context.database, id) ?? { ...record, state: { ...state, ...ended, ...nothingRuns } }
  if (started) containerEvent(context, after, 'died', { exitCode: after.state.exitCode })
  containerEvent(context, after, 'cleanup')
  return after
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
