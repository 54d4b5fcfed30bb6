import type { Digest } from '../../image/index.ts'
import { allImages } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { imageBlobs, whileRemoving } from './store.ts'

/**
 * Removes layers and blobs that no image needs. Images that containers use are never removed, so their layers stay.
 * While a pull is going on nothing is done: what is left over goes with the next removal.
 * @param options.partial takes unfinished downloads and what crashed processes left, too.
 */
export async function collect(context: Context, options: { partial?: boolean } = {}): Promise<void> {
  const layers = await context.layers()
  const blobs = imageBlobs(context)
  await whileRemoving(context, async () => {
    const images = allImages(context.database)
    const chains = new Set<string>(images.flatMap(({ facts }) => facts.chain))
    const digests = new Set<string>(
      images.flatMap(({ facts }) => [
        facts.config.digest,
        facts.manifest.digest,
        ...facts.digests,
        ...facts.layers.map(({ digest }) => digest),
      ]),
    )
    for (const chain of layers.list()) {
      if (!chains.has(chain)) await layers.remove(chain)
    }
    for (const digest of blobs.list()) {
      if (!digests.has(digest)) blobs.remove(digest)
    }
    if (!options.partial) return
    for (const digest of blobs.listPartial()) {
      // Also takes a complete blob of that digest, which is why referenced ones are left.
      if (!digests.has(digest as Digest)) blobs.remove(digest)
    }
    await layers.sweep()
  })
}
