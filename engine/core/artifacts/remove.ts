import { deleteArtifact } from '../../store/index.ts'
import { collect } from '../images/store/collect.ts'
import type { Verb } from '../verb.ts'
import { findArtifact } from './find.ts'

/** Removes an artifact, and its files unless something else has them. */
export const remove: Verb<'artifact.remove'> = async (context, { name }) => {
  const { database } = context
  const digest = await database.transaction(() => {
    const found = findArtifact(context, name)
    deleteArtifact(database, found.name)
    return found.digest
  })
  await collect(context)
  return { ArtifactDigests: [digest] }
}
