import type { Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { findContainer } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { containerEvent } from './event.ts'
import { reconcile } from './reconcile.ts'
import { signalNumber } from './resolve/signal.ts'

/** Sends a signal to a container's first process. */
export async function kill(context: Context, { name, signal }: Parsed<'container.kill'>): Promise<void> {
  const number = signalNumber(signal)
  const container = await reconcile(context, findContainer(context.database, name))
  const { id, state, config } = container
  if (state.status !== 'running' && state.status !== 'paused' && state.status !== 'stopping') {
    throw new EngineError(
      'ContainerStateInvalid',
      `can only kill running containers. ${id} is in state ${state.status}: container state improper`,
      {
        details: { container: id, state: state.status },
      },
    )
  }
  const runtime = await context.runtime({ program: config.runtime, cgroupManager: config.cgroupManager })
  await runtime.kill(id, number)
  containerEvent(context, container, 'kill', { attributes: { signal: String(number) } })
}
