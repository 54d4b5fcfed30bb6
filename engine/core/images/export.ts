import type { Verb } from '../verb.ts'
import { saveImages } from './archive/save-images.ts'

/** Several images, or one with several names, as one archive. */
export const exportImages: Verb<'image.export'> = async (context, input, options) =>
  saveImages(context, { ...input, acceptUncompressed: input.ociAcceptUncompressedLayers }, options)
