import type { Parsed } from '../../contract/index.ts'
import { findContainer, updateState } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { containerEvent } from './records/event.ts'
import { loadReconciled } from './lifecycle/reconcile.ts'
import { requirePermitted } from './lifecycle/transitions.ts'

/** Resumes the processes of a paused container. */
export async function unpause(context: Context, { name }: Parsed<'container.unpause'>): Promise<void> {
  const { id } = findContainer(context.database, name)
  await context.lock('container', id, async () => {
    const container = await loadReconciled(context, id)
    requirePermitted('unpause', container)
    const { runtime: program, cgroupManager } = container.config
    const runtime = await context.runtime({ program, cgroupManager })
    try {
      await runtime.resume(id)
    } catch (error) {
      // Done by a process that was killed before it could record it.
      if ((await runtime.state(id))?.status !== 'running') throw error
    }
    await context.database.transaction(() => updateState(context.database, id, { status: 'running' }))
    containerEvent(context, container, 'unpause')
  })
}
