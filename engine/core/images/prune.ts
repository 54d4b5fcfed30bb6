import type { ChainId } from '../../image/index.ts'
import { EngineError } from '../../errors/index.ts'
import { allImages, imageById, type ImageRecord } from '../../store/index.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { collect } from './store/collect.ts'
import { currentImages, type ImageSet } from './resolve/current.ts'
import { imageFilter, isDangling } from './listing/filter.ts'
import { danglingParent, removeImage } from './remove.ts'

/**
 * Removes images that have no name and that no other was made from, or all images, which no container uses; also parents that are
 * no longer needed, and leftovers of interrupted pulls. Each image's `Size` is what its removal freed: layers that other images
 * still use do not count, and those of several removed images count with the last.
 */
export const prune: Verb<'image.prune'> = async (context, { all, filters }) => {
  const accepts = imageFilter(context.database, wanted(all, filters))
  const removed: { Id: string; Size: number }[] = []
  const gone = new Set<string>()
  // Images that only removed ones needed are found by searching again.
  for (let before = -1; before < gone.size;) {
    before = gone.size
    const set = await currentImages(context)
    for (const record of set.records) {
      const candidate = set.candidate(record)
      if (record.facts.store !== undefined || candidate.containers > 0 || !accepts(candidate)) continue
      removed.push(...(await removeLine(context, set, record, { whole: all || !isDangling(candidate), gone })))
    }
  }
  await collect(context, { partial: true })
  return removed
}

/** Dangling images without `all`, or those the filter selects. */
function wanted(all: boolean, { dangling, ...others }: Record<string, string[]>): Record<string, string[]> {
  return all ? others : { ...others, dangling: dangling ?? ['true'] }
}

/** Removes an image and then, one by one, those of its parents that nothing else needs. */
async function removeLine(
  context: Context,
  set: ImageSet,
  image: ImageRecord,
  { whole, gone }: { whole: boolean; gone: Set<string> },
): Promise<{ Id: string; Size: number }[]> {
  const removed: { Id: string; Size: number }[] = []
  for (let record: ImageRecord | undefined = image; record; record = danglingParent(set, record.id, gone)) {
    if (gone.has(record.id)) break
    try {
      await removeImage(context, record.id, whole && record === image ? { whole } : { unnamed: true })
    } catch (error) {
      if (EngineError.is(error, 'ImageInUse', 'ImageNotFound', 'StoreReadOnly')) break
      throw error
    }
    if (imageById(context.database, record.id)) break
    gone.add(record.id)
    removed.push({ Id: record.id, Size: await freedBytes(context, record) })
  }
  return removed
}

/** Bytes that a removed image's own layers and documents took: as `system df` counts them. */
async function freedBytes(context: Context, { size, facts }: ImageRecord): Promise<number> {
  const layers = await context.layers()
  const kept = new Set(allImages(context.database).flatMap((image) => image.facts.chain))
  const sizeOf = (chainId: string): number => (layers.has(chainId as ChainId) ? layers.record(chainId as ChainId).size : 0)
  return size - facts.chain.filter((chainId) => kept.has(chainId)).reduce((sum, chainId) => sum + sizeOf(chainId), 0)
}
