import type { CallOptions, Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { findContainer } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { stopContainer } from './life/stop.ts'

/** Stops a container: its stop signal, then after `timeout` seconds SIGKILL. */
export async function stop(
  context: Context,
  { name, timeout, t, ignore }: Parsed<'container.stop'>,
  { signal }: CallOptions,
): Promise<void> {
  try {
    const { id } = findContainer(context.database, name)
    await stopContainer(context, id, { timeout: timeout ?? t, signal })
  } catch (error) {
    if (ignore && EngineError.is(error, 'ContainerNotFound', 'ContainerAlreadyStopped')) return
    throw error
  }
}
