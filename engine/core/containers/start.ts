import type { CallOptions, Parsed } from '../../contract/index.ts'
import { findContainer } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { startContainer } from './lifecycle/start-container.ts'

/**
 * Starts a container, and before it those it needs. A failed attempt leaves nothing behind; with `--rm` the container is removed.
 */
export async function start(context: Context, { name }: Parsed<'container.start'>, options: CallOptions): Promise<void> {
  await startContainer(context, findContainer(context.database, name), options)
}
