import { parseReference } from '../../image/index.ts'
import type { Verb } from '../verb.ts'
import { findImage } from './resolve/find.ts'

/** @throws ImageNotFound, ImageReferenceInvalid for what can name no image, as with podman. */
export const exists: Verb<'image.exists'> = async (context, { name }) => {
  if (!/^(?:sha256:)?[0-9a-f]{1,64}$/.test(name)) parseReference(name)
  findImage(context.database, name)
}
