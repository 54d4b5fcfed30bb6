import { EngineError } from '../../errors/index.ts'
import { parseReference } from '../../image/index.ts'
import { isManifestList, type ListRecord } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { lookUpImage } from '../images/resolve/find.ts'

/**
 * Finds a manifest list by name or id, as images are found.
 * @throws ImageNotFound, InvalidArgument when it is an image, ImageReferenceInvalid for what nothing can be called
 */
export function findList({ database }: Context, name: string): ListRecord {
  const found = lookUpImage(database, name)
  if (!found) {
    if (!/^(?:sha256:)?[0-9a-f]+$/.test(name)) parseReference(name)
    throw new EngineError('ImageNotFound', `${name}: image not known`, { details: { name } })
  }
  if (isManifestList(found.record)) return found.record
  throw new EngineError('InvalidArgument', `${name}: image is not a manifest list`, { details: { name } })
}
