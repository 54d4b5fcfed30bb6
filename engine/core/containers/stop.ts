import type { CallOptions, Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { findContainer } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { stopContainer } from './lifecycle/end-process.ts'

/** Stops a container: its stop signal, then after `timeout` seconds SIGKILL. One that never ran has nothing to stop, as podman has it. */
export async function stop(
  context: Context,
  { name, timeout, t, ignore, notStoppedByUser }: Parsed<'container.stop'>,
  { signal }: CallOptions,
): Promise<void> {
  try {
    const { id } = findContainer(context.database, name)
    await stopContainer(context, id, { timeout: timeout ?? t, signal, purpose: notStoppedByUser ? 'shutdown' : 'stop' })
  } catch (error) {
    if (ignore && EngineError.is(error, 'ContainerNotFound', 'ContainerAlreadyStopped')) return
    if (EngineError.is(error, 'ContainerStateInvalid') && error.details['state'] === 'created') return
    throw error
  }
}
