import type { Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { findContainer, updateState } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { containerEvent } from './event.ts'
import { reconcile } from './reconcile.ts'

/** Freezes all processes of a running container. */
export async function pause(context: Context, { name }: Parsed<'container.pause'>): Promise<void> {
  const { id } = findContainer(context.database, name)
  await context.lock('container', id, async () => {
    const container = await reconcile(context, findContainer(context.database, id), { locked: true })
    const { status } = container.state
    if (status !== 'running') {
      throw new EngineError('ContainerStateInvalid', `"${id}" is not running, can't pause: container state improper`, {
        details: { container: id, state: status },
      })
    }
    const { runtime: program, cgroupManager } = container.config
    await (await context.runtime({ program, cgroupManager })).pause(id)
    await context.database.transaction(() => updateState(context.database, id, { status: 'paused' }))
    containerEvent(context, container, 'pause')
  })
}
