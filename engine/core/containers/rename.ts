import type { Parsed } from '../../contract/index.ts'
import { findContainer, renameContainer } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { containerEvent } from './records/event.ts'

/** Gives a container another name; atomic. A name it already has is success. */
export async function rename(context: Context, { container, name }: Parsed<'container.rename'>): Promise<void> {
  const { database } = context
  const record = await database.transaction(() => {
    const found = findContainer(database, container)
    if (found.name !== name) renameContainer(database, found.id, name)
    return { ...found, name }
  })
  containerEvent(context, record, 'rename')
}
