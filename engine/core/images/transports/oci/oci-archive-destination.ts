import { EngineError } from '../../../../errors/index.ts'
import {
  addEntry,
  type Digest,
  emptyLayoutIndex,
  formatLayoutIndex,
  layoutBlob,
  layoutManifestTypes,
  layoutMarker,
  type SourceManifest,
  splitPath,
} from '../../../../image/index.ts'
import type { Context } from '../../../context.ts'
import { document, member } from '../../archive/saved-image.ts'
import { openTarFile } from '../../archive/tar-file.ts'
import type { Destination, DestinationAccess } from '../access.ts'

/**
 * The tar of an OCI layout, written from scratch: `PATH`, or `PATH:NAME` to give the image a name there. An existing file is
 * replaced once the new one is complete.
 * @throws ImageReferenceInvalid, NotFound, AccessDenied
 */
export async function openOciArchiveDestination(
  _context: Context,
  rest: string,
  { acceptUncompressed, additionalTags = [] }: DestinationAccess,
): Promise<Destination> {
  const { path, name } = splitPath(rest)
  if (path === '')
    throw new EngineError(
      'ImageReferenceInvalid',
      'The place oci-archive: needs a file: oci-archive:PATH or oci-archive:PATH:NAME.',
    )
  if (name.startsWith('@'))
    throw new EngineError('ImageReferenceInvalid', `An image cannot be written to a place by number: oci-archive:${rest}.`)
  const file = openTarFile(path)
  const written = new Set<Digest>()
  let top: SourceManifest | undefined
  return {
    name: `oci-archive:${rest}`,
    traits: { manifestTypes: layoutManifestTypes, layers: acceptUncompressed ? 'preserve' : 'compress', lists: true },
    has: async ({ digest }) => written.has(digest),
    async putBlob({ digest, size }, bytes) {
      await file.add(member(layoutBlob(digest), size, bytes))
      written.add(digest)
    },
    async putManifest(manifest, isTop) {
      if (!written.has(manifest.digest)) await file.add(document(layoutBlob(manifest.digest), manifest.bytes))
      written.add(manifest.digest)
      if (isTop) top = manifest
    },
    async commit() {
      const index = emptyLayoutIndex()
      if (top) {
        const { mediaType, digest, bytes } = top
        for (const each of [name, ...additionalTags]) addEntry(index, { mediaType, digest, size: bytes.length }, each)
      }
      await file.commit([document('index.json', formatLayoutIndex(index)), document('oci-layout', layoutMarker)])
    },
    discard: async () => file.discard(),
  }
}
