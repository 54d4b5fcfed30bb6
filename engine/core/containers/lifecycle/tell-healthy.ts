import type { ContainerRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { wait } from '../wait.ts'
import { tell } from './notify.ts'

/** With `healthy`, waits until it is, and says so. It is not said of one that ends before. */
export async function tellHealthy(context: Context, record: ContainerRecord, signal: AbortSignal | undefined): Promise<void> {
  if (record.config.notify?.mode !== 'healthy') return
  const ends = await wait(
    context,
    { name: record.id, condition: ['healthy', 'exited', 'stopped', 'removed'] },
    signal ? { signal } : {},
  )
  if (ends === stillRuns) tell(context, record, 'READY=1')
}

/** The answer to a wait that did not end with an exit code. */
const stillRuns = -1
