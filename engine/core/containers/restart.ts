import type { CallOptions, Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { findContainer, type Stopper } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { containerEvent } from './records/event.ts'
import { observe } from './lifecycle/observe.ts'
import { stopContainer, cancelStop } from './lifecycle/end-process.ts'
import { isLive, requirePermitted } from './lifecycle/transitions.ts'
import { startContainer } from './lifecycle/start-container.ts'

/** Stops a container if it runs, and starts it. */
export async function restart(
  context: Context,
  { name, timeout, t }: Parsed<'container.restart'>,
  options: CallOptions,
): Promise<void> {
  await restartContainer(context, name, { ...options, timeout: timeout ?? t })
}

/**
 * Stops a container if it runs, and starts it; one with `--rm` is kept for that. If the start fails or the restart is aborted in
 * between, the container is reconciled.
 *
 * @param restarts how often it was started by itself, if this is such a start.
 */
export async function restartContainer(
  context: Context,
  name: string,
  { timeout, restarts, ...options }: CallOptions & { timeout: number | undefined; restarts?: number },
): Promise<void> {
  const found = await observe(context, findContainer(context.database, name))
  requirePermitted('restart', found)
  containerEvent(context, found, 'restart')
  const stopper = isLive(found) ? await stopIfRunning(context, found.id, timeout, options) : undefined
  try {
    await startContainer(context, found, restarts === undefined ? options : { ...options, restarts })
  } catch (error) {
    // Another process has started it already.
    if (!stopper || !EngineError.is(error, 'ContainerAlreadyStarted')) {
      if (stopper) await cancelStop(context, found.id, stopper, { restart: options.signal?.aborted ?? false })
      throw error
    }
  }
}

async function stopIfRunning(
  context: Context,
  id: string,
  timeout: number | undefined,
  { signal }: CallOptions,
): Promise<Stopper | undefined> {
  try {
    return await stopContainer(context, id, { timeout, signal, purpose: 'restart' })
  } catch (error) {
    if (!EngineError.is(error, 'ContainerAlreadyStopped')) throw error
    return undefined
  }
}
