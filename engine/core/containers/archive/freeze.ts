import type { ContainerRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { isRunning } from '../lifecycle/transitions.ts'

/** Pauses a container that runs, if that is requested. @returns what lets it go on; the caller runs it in any case. */
export async function freeze(context: Context, record: ContainerRecord, pause: boolean): Promise<() => Promise<void>> {
  if (!pause || !isRunning(record)) return async () => {}
  const { id: name } = record
  await (await import('../pause.ts')).pause(context, { name })
  return async () => (await import('../unpause.ts')).unpause(context, { name })
}
