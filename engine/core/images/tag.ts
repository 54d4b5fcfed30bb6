import { putImageName } from '../../store/index.ts'
import type { Verb } from '../verbs.ts'
import { findImage } from './find.ts'
import { localName } from './names.ts'

/** Gives an image another name, taking it from whichever image had it. */
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
