import { resize as resizeTerminal } from '../../adapters/conmon.ts'
import type { Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { findContainer } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { containerPaths } from '../paths.ts'
import { reconcile } from './reconcile.ts'

/** Sets the size of a container's terminal. */
export async function resize(context: Context, { name, h, w }: Parsed<'container.resize'>): Promise<void> {
  const { id, state } = await reconcile(context, findContainer(context.database, name))
  if (state.status !== 'running' && state.status !== 'initialized') {
    throw new EngineError(
      'ContainerStateInvalid',
      `can only resize created or running containers - currently in state ${state.status}: container state improper`,
      {
        details: { container: id, state: state.status },
      },
    )
  }
  resizeTerminal(containerPaths(context, id).bundle, h, w)
}
