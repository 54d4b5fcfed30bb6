import type { Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { findContainer, updateState } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { containerEvent } from './event.ts'
import { reconcile } from './reconcile.ts'

/** Lets the processes of a paused container go on. */
export async function unpause(context: Context, { name }: Parsed<'container.unpause'>): Promise<void> {
  const { id } = findContainer(context.database, name)
  await context.lock('container', id, async () => {
    const container = await reconcile(context, findContainer(context.database, id), { locked: true })
    const { status } = container.state
    if (status !== 'paused') {
      throw new EngineError('ContainerStateInvalid', `"${id}" is not paused, can't unpause: container state improper`, {
        details: { container: id, state: status },
      })
    }
    const { runtime: program, cgroupManager } = container.config
    await (await context.runtime({ program, cgroupManager })).resume(id)
    await context.database.transaction(() => updateState(context.database, id, { status: 'running' }))
    containerEvent(context, container, 'unpause')
  })
}
