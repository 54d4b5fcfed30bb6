import type { CallOptions } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { containerById, type ContainerRecord, dependencies } from '../../../store/index.ts'
import type { Context } from '../../context.ts'

/** Starts the containers whose namespaces this one joins, its pod's infra among them; before its own lock is taken. */
export async function startNeeds(context: Context, record: ContainerRecord, options: CallOptions): Promise<void> {
  for (const id of dependencies(context.database, record.id)) {
    const need = containerById(context.database, id)
    if (!need || need.state.status === 'running') continue
    const { start } = await import('../start.ts')
    try {
      await start(context, { name: id }, options)
    } catch (error) {
      if (!EngineError.is(error, 'ContainerAlreadyStarted')) throw error
    }
  }
}
