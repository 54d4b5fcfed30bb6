import { putImageName } from '../../store/index.ts'
import type { Verb } from '../verb.ts'
import { findImage } from './resolve/find.ts'
import { localName } from './resolve/names.ts'

/** Gives an image another name, taking it from another image if needed. */
export const tag: Verb<'image.tag'> = async (context, input) => {
  const { database } = context
  const name = localName(input.repo, input.tag)
  const id = await database.transaction(() => {
    const { record } = findImage(database, input.name)
    putImageName(database, { name, image: record.id, digest: record.facts.manifest.digest })
    return record.id
  })
  context.emit({ type: 'image', status: 'tag', id, name })
}
