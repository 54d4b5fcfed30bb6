import type { Verb } from '../verb.ts'
import { saveImages } from './archive/save-images.ts'

/** One image as an archive, or as the tar of a folder. */
export const get: Verb<'image.get'> = async (context, { name, format, compress }, options) =>
  saveImages(context, { references: [name], format, compress, acceptUncompressed: false }, options)
