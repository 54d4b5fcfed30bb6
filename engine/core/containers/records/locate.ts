import { type ContainerRecord, findContainer } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { observe } from '../lifecycle/observe.ts'

/** Finds a container by id, name or unique beginning of its id, as it is now. @throws EngineError `ContainerNotFound`, `NameAmbiguous`. */
export async function locate(context: Context, nameOrId: string): Promise<ContainerRecord> {
  return await observe(context, findContainer(context.database, nameOrId))
}
