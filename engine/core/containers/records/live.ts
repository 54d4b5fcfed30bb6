import { allContainers, type ContainerRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { warnOfDamage } from '../../damaged-records.ts'
import { isEndingNow, observeAll } from '../lifecycle/observe.ts'
import { isLive } from '../lifecycle/transitions.ts'

interface Known {
  version: string
  /** As {@link observeAll} has them, oldest first. */
  records: ContainerRecord[]
  /** Those that run. */
  live: ContainerRecord[]
  /** Monitors and processes that stop a container, whose exit changes what readers see, and may not be in the store yet. */
  pids: number[]
}

const known = new WeakMap<Context, Known>()

/**
 * All containers, oldest first, as they are now: unrecorded exits have been recorded. The store is only read when it changed since
 * the last call; in between a call looks at each process. Records are shared: do not change them.
 */
export async function currentContainers(context: Context): Promise<readonly ContainerRecord[]> {
  const before = known.get(context)
  if (before && before.version === context.database.version() && before.pids.every(exists) && !before.live.some(isEndingNow))
    return before.records
  let version = ''
  const records = await observeAll(context, () => {
    // Taken before the rows: a change in between is then seen as one at the next call.
    version = context.database.version()
    return allContainers(context.database, warnOfDamage(context))
  })
  const live = records.filter(isLive)
  known.set(context, { version, records, live, pids: live.flatMap(pidsOf) })
  return records
}

function pidsOf({ state }: ContainerRecord): number[] {
  return [state.conmonPid, ...(state.stoppers ?? []).map(({ pid }) => pid)].filter((pid) => pid > 0)
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
