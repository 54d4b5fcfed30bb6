import type { Parsed } from '../../contract/index.ts'
import { findContainer } from '../../store/index.ts'
import type { Context } from '../context.ts'

/** Succeeds if the container exists. @throws EngineError `ContainerNotFound`. */
export async function exists({ database }: Context, { name }: Parsed<'container.exists'>): Promise<void> {
  findContainer(database, name)
}
