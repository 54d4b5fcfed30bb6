import type { CallOptions, Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { containerById, findContainer } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { containerEvent } from './event.ts'
import { stopContainer } from './life/stop.ts'
import { start } from './start.ts'

/** Stops a container if it runs, and starts it. */
export async function restart(
  context: Context,
  { name, timeout, t }: Parsed<'container.restart'>,
  options: CallOptions,
): Promise<void> {
  const { id, state } = findContainer(context.database, name)
  if (state.status !== 'created' && state.status !== 'initialized') {
    try {
      await stopContainer(context, id, { timeout: timeout ?? t, signal: options.signal })
    } catch (error) {
      if (!EngineError.is(error, 'ContainerAlreadyStopped')) throw error
    }
  }
  await start(context, { name: id }, options)
  const now = containerById(context.database, id)
  if (now) containerEvent(context, now, 'restart')
}
