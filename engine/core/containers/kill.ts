import { constants } from 'node:os'

import type { Parsed } from '../../contract/index.ts'
import { signalNumber } from '../../spec/signal.ts'
import { containerById, findContainer, updateState } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { containerEvent } from './records/event.ts'
import { observe } from './lifecycle/observe.ts'
import { isLive, requirePermitted } from './lifecycle/transitions.ts'

/** Sends a signal to a container's first process. SIGKILL and its stop signal count as a stop by the user. */
export async function kill(context: Context, { name, signal }: Parsed<'container.kill'>): Promise<void> {
  const number = signalNumber(signal)
  const container = await observe(context, findContainer(context.database, name))
  requirePermitted('kill', container)
  const { id, config } = container
  const runtime = await context.runtime({ program: config.runtime, cgroupManager: config.cgroupManager })
  const ends = number === constants.signals.SIGKILL || number === config.stopSignal
  // Before the signal: the exit command may run before anything after it.
  if (ends) await markStopped(context, id, true)
  try {
    await runtime.kill(id, number)
  } catch (error) {
    if (ends) await markStopped(context, id, container.state.stoppedByUser)
    throw error
  }
  containerEvent(context, container, 'kill', { attributes: { signal: String(number) } })
}

async function markStopped({ database }: Context, id: string, stoppedByUser: boolean): Promise<void> {
  await database.transaction(() => {
    const now = containerById(database, id)
    if (now && isLive(now)) updateState(database, id, { stoppedByUser })
  })
}
