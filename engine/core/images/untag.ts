import { EngineError } from '../../errors/index.ts'
import { deleteImageName, namesOfImage } from '../../store/index.ts'
import type { Verb } from '../verb.ts'
import { findImage } from './resolve/find.ts'
import { localName } from './resolve/names.ts'

/** Removes one name of an image, or all. The image stays. */
export const untag: Verb<'image.untag'> = async (context, input) => {
  const { database } = context
  const name = input.repo ? localName(input.repo, input.tag) : undefined
  const { id, taken } = await database.transaction(() => {
    const { record } = findImage(database, input.name)
    const names = namesOfImage(database, record.id).map((each) => each.name)
    if (name !== undefined && !names.includes(name)) {
      throw new EngineError('ImageNotFound', `${name}: tag not known: the image ${record.id.slice(0, 12)} has no such name`, {
        details: { name },
      })
    }
    const doomed = name === undefined ? names : [name]
    for (const each of doomed) deleteImageName(database, each)
    return { id: record.id, taken: doomed }
  })
  for (const each of taken) context.emit({ type: 'image', status: 'untag', id, name: each })
}
