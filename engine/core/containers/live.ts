import { allContainers, type ContainerRecord } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { reconcileAll } from './reconcile.ts'

interface Known {
  version: string
  /** As the store has them, oldest first. */
  records: ContainerRecord[]
  /** Processes whose end the store may not know of yet. */
  pids: number[]
}

const known = new WeakMap<Context, Known>()

/**
 * All containers, oldest first, as they are now: what died unnoticed has been reconciled. The store is only read when it
 * changed since the last call; in between a call costs one signal 0 for each process. Records are shared: do not change them.
 */
export async function currentContainers(context: Context): Promise<readonly ContainerRecord[]> {
  const before = known.get(context)
  if (before && before.version === context.database.version() && before.pids.every(exists)) return before.records
  await reconcileAll(context)
  // Taken before the rows: a change in between is then seen as one at the next call.
  const version = context.database.version()
  const records = allContainers(context.database)
  const pids = records.filter(isLive).flatMap(({ state }) => [state.pid, state.conmonPid].filter((pid) => pid > 0))
  known.set(context, { version, records, pids })
  return records
}

/** Whether the container has processes. */
export function isLive({ state }: ContainerRecord): boolean {
  return state.status === 'running' || state.status === 'paused' || state.status === 'stopping'
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
