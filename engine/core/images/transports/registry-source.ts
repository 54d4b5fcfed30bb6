import { formatReference, type ImageSource, type Reference } from '../../../image/index.ts'
import type { Repository } from '../../../registry/index.ts'

/** An image of a registry's repository. Closing it closes the repository. */
export function registrySource(repository: Repository, reference: Reference): ImageSource {
  return {
    name: `docker://${formatReference(reference)}`,
    reference,
    manifest: (digest) => repository.manifest(digest ?? reference.digest ?? reference.tag ?? 'latest'),
    blob: (descriptor, offset) => repository.blob(descriptor, offset),
    close: () => repository.close(),
  }
}
