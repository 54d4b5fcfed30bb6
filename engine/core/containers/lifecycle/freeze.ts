import { type ContainerRecord, updateState } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { containerEvent } from '../records/event.ts'
import { requirePermitted } from './transitions.ts'

/**
 * Freezes all processes of a running container; its lock must be held. What is recorded comes first: a container that is taken as
 * running while it is frozen would neither end nor answer, where one that is taken as paused is resumed by `unpause`.
 */
export async function freezeLocked(context: Context, container: ContainerRecord): Promise<void> {
  requirePermitted('pause', container)
  const { id } = container
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
}

/** Resumes the processes of a paused container; its lock must be held. */
export async function thawLocked(context: Context, container: ContainerRecord): Promise<void> {
  requirePermitted('unpause', container)
  const { id } = container
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
}
