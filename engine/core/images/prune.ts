import { EngineError } from '../../errors/index.ts'
import { allImageNames, allImages, containersByImage } from '../../store/index.ts'
import type { Verb } from '../verbs.ts'
import { collect } from './collect.ts'
import { imageFilter } from './filter.ts'
import { removeImage } from './remove.ts'

/** Removes images without names, or all images, that no container uses; and what interrupted pulls left. */
export const prune: Verb<'image.prune'> = async (context, { all, filters }) => {
  const { database } = context
  const names = Map.groupBy(allImageNames(database), ({ image }) => image)
  const containers = containersByImage(database)
  const { dangling, ...others } = filters
  const everything = all || dangling?.includes('false') || dangling?.includes('0')
  const accepts = imageFilter(database, others)
  const doomed = allImages(database)
    .map((record) => ({ record, names: names.get(record.id) ?? [], containers: containers.get(record.id) ?? 0 }))
    .filter((candidate) => candidate.containers === 0 && (everything || candidate.names.length === 0) && accepts(candidate))
  const removed: { Id: string; Size: number }[] = []
  for (const { record, names: own } of doomed) {
    try {
      // Its id with several names needs force, which would also take containers made meanwhile: name by name instead.
      for (const { name } of own.slice(1)) await removeImage(context, name, false)
      await removeImage(context, record.id, false)
      removed.push({ Id: record.id, Size: record.size })
    } catch (error) {
      if (!EngineError.is(error, 'ImageInUse', 'ImageNotFound')) throw error
    }
  }
  await collect(context, { partial: true })
  return removed
}
