import type { ChainId } from '../../image/index.ts'
import { EngineError } from '../../errors/index.ts'
import { allImageNames, allImages, containersByImage, imageById, type ImageRecord } from '../../store/index.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verbs.ts'
import { collect } from './collect.ts'
import { imageFilter } from './filter.ts'
import { removeImage } from './remove.ts'

/**
 * Removes images without names, or all images, that no container uses; and what interrupted pulls left. Each image's `Size` is what
 * its removal freed: layers that stay for others do not count, and those of several removed images count with the last.
 */
export const prune: Verb<'image.prune'> = async (context, { all, filters }) => {
  const { database } = context
  const names = Map.groupBy(allImageNames(database), ({ image }) => image)
  const containers = containersByImage(database)
  const { dangling, ...others } = filters
  const everything = all || dangling?.includes('false') || dangling?.includes('0')
  const accepts = imageFilter(database, others)
  const doomed = allImages(database)
    .filter(({ facts }) => facts.store === undefined)
    .map((record) => ({ record, names: names.get(record.id) ?? [], containers: containers.get(record.id) ?? 0 }))
    .filter((candidate) => candidate.containers === 0 && (everything || candidate.names.length === 0) && accepts(candidate))
  const removed: { Id: string; Size: number }[] = []
  for (const { record, names: own } of doomed) {
    try {
      // Its id with several names needs force, which would also take containers made meanwhile: name by name instead.
      for (const { name } of own.slice(1)) await removeImage(context, name, false)
      await removeImage(context, record.id, false)
      if (imageById(database, record.id)) continue
      removed.push({ Id: record.id, Size: await freedBytes(context, record) })
    } catch (error) {
      if (!EngineError.is(error, 'ImageInUse', 'ImageNotFound', 'StoreReadOnly')) throw error
    }
  }
  await collect(context, { partial: true })
  return removed
}

/** Bytes that a removed image's own layers and documents took: as `system df` counts them. */
async function freedBytes(context: Context, { size, facts }: ImageRecord): Promise<number> {
  const layers = await context.layers()
  const kept = new Set(allImages(context.database).flatMap((image) => image.facts.chain))
  const sizeOf = (chainId: string): number => (layers.has(chainId as ChainId) ? layers.record(chainId as ChainId).size : 0)
  return size - facts.chain.filter((chainId) => kept.has(chainId)).reduce((sum, chainId) => sum + sizeOf(chainId), 0)
}
