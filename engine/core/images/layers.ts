import type { Output } from '../../contract/index.ts'
import type { Verb } from '../verb.ts'
import { currentImages, type ImageSet } from './resolve/current.ts'
import { tagNames } from './resolve/names.ts'
import { resolveImage } from './resolve/resolve-image.ts'

/** The layers of an image, lowest first. */
export const layers: Verb<'image.layers'> = async (context, { name }): Promise<Output<'image.layers'>> => {
  const { record, document } = await resolveImage(context, name)
  const set = await currentImages(context)
  const steps = document.history.filter((step) => step.empty_layer !== true)
  return record.facts.chain.map((chainId, i) => {
    const { digest, mediaType, size: compressedSize } = record.facts.layers[i] ?? { digest: '', mediaType: '', size: 0 }
    return {
      diffId: record.facts.diffIds[i] ?? '',
      digest,
      mediaType,
      compressedSize,
      size: set.layerSize(chainId),
      createdBy: steps[i]?.created_by ?? '',
      tags: namesOnTop(set, chainId),
      sharedWith: set.records
        .filter((other) => other.id !== record.id && other.facts.chain.includes(chainId))
        .map((other) => set.names(other.id)[0]?.name ?? other.id),
    }
  })
}

/** Names, with a tag, of the images whose topmost layer it is. */
export function namesOnTop(set: ImageSet, chainId: string): string[] {
  return set.onTop(chainId).flatMap(({ id }) => tagNames(set.names(id)))
}
