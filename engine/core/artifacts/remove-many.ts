import { EngineError } from '../../errors/index.ts'
import { allArtifacts, deleteArtifact } from '../../store/index.ts'
import { warnOfDamage } from '../damaged-records.ts'
import { collect } from '../images/store/collect.ts'
import type { Verb } from '../verb.ts'
import { findArtifact } from './find.ts'

/** Removes artifacts, all or none: one that is missing fails before anything is removed, unless it is to be ignored. */
export const removeMany: Verb<'artifact.removeMany'> = async (context, { artifacts: names, all, ignore }) => {
  if (all && names.length > 0)
    throw new EngineError('InvalidArgument', 'Give either the artifacts to remove, or all.', { details: { field: 'all' } })
  if (!all && names.length === 0)
    throw new EngineError('InvalidArgument', 'No artifact is named: give artifacts, or all.', { details: { field: 'artifacts' } })
  const { database } = context
  const removed = await database.transaction(() => {
    const found = all ? allArtifacts(database, warnOfDamage(context)) : names.flatMap((name) => findOrIgnore(name) ?? [])
    for (const { name } of found) deleteArtifact(database, name)
    return found
  })
  await collect(context)
  return { ArtifactDigests: [...new Set(removed.map(({ digest }) => digest))] }

  function findOrIgnore(name: string) {
    try {
      return findArtifact(context, name)
    } catch (error) {
      if (ignore && EngineError.is(error, 'ImageNotFound')) return undefined
      throw error
    }
  }
}
