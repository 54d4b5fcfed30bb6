import type { Parsed } from '../../contract/index.ts'
import { findContainer, updateState } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { containerEvent } from './records/event.ts'
import { loadReconciled } from './lifecycle/reconcile.ts'
import { requirePermitted } from './lifecycle/transitions.ts'

/**
 * Freezes all processes of a running container. What is recorded comes first: a container that is taken as running while it is frozen
 * would neither end nor answer, where one that is taken as paused is resumed by `unpause`.
 */
export async function pause(context: Context, { name }: Parsed<'container.pause'>): Promise<void> {
  const { id } = findContainer(context.database, name)
  await context.lock('container', id, async () => {
    const container = await loadReconciled(context, id)
    requirePermitted('pause', container)
    const { runtime: program, cgroupManager } = container.config
    const runtime = await context.runtime({ program, cgroupManager })
    const record = (status: 'paused' | 'running') =>
      context.database.transaction(() => updateState(context.database, id, { status }))
    await record('paused')
    try {
      await runtime.pause(id)
    } catch (error) {
      // Frozen by somebody else, or by a version that recorded it afterwards and was killed before.
      if ((await runtime.state(id))?.status !== 'paused') {
        await record('running')
        throw error
      }
    }
    containerEvent(context, container, 'pause')
  })
}
