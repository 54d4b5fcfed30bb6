import { EngineError } from '../../errors/index.ts'
import { type ArchiveFile, archiveInvalid, archiveLimits } from './archive-file.ts'
import { type Digest, finishHash, hashFor } from '../digest.ts'
import { layoutBlob, type LayoutIndex, parseLayoutIndex, refName } from '../layout.ts'
import { type Descriptor, limits, parseJson } from '../manifest/manifest.ts'
import { mediaTypes } from '../manifest/media-types.ts'
import type { ImageSource } from '../transfer.ts'

/** The annotation that containerd, buildkit and docker give the full name in. */
export const containerdName = 'io.containerd.image.name'

/** Whether the archive is the tar of an OCI layout (image-spec image-layout.md). */
export function isOciArchive(file: ArchiveFile): boolean {
  return file.find('index.json') !== undefined && file.find('oci-layout') !== undefined
}

/** @throws ArchiveInvalid, ManifestInvalid when `oci-layout` or `index.json` are not what they should be. */
export function readOciArchive(file: ArchiveFile): LayoutIndex {
  const layout = parseJson(file.read('oci-layout', archiveLimits.documentBytes), `The oci-layout of the archive ${file.name}`)
  if (layout['imageLayoutVersion'] !== '1.0.0') throw archiveInvalid(file.name, 'its oci-layout has another version than 1.0.0')
  return parseLayoutIndex(file.read('index.json', archiveLimits.documentBytes), `the archive ${file.name}`)
}

/** The name of an entry of a layout: the full name where it has one, else its reference. */
export function entryName({ annotations }: Descriptor): string | undefined {
  return annotations?.[containerdName] || annotations?.[refName] || undefined
}

/** One image of an oci-archive: the entry `top` of its index. Closing the source leaves `file` open. */
export function ociArchiveSource(file: ArchiveFile, top: Descriptor, name: string): ImageSource {
  const member = (digest: Digest) => {
    const found = file.find(layoutBlob(digest))
    if (!found) throw archiveInvalid(file.name, `it holds no blob ${digest}`)
    return found
  }
  return {
    name,
    async manifest(wanted = top.digest) {
      const bytes = file.read(member(wanted).path, limits.manifestBytes)
      const actual = finishHash(hashFor(wanted).update(bytes), wanted)
      if (actual !== wanted) {
        throw new EngineError(
          'DigestMismatch',
          `The manifest ${wanted} in the archive ${file.name} has other content (${actual}).`,
          {
            details: { digest: wanted, actual },
          },
        )
      }
      return { bytes, digest: wanted, mediaType: wanted === top.digest ? top.mediaType : ownType(bytes, wanted) }
    },
    blob: (descriptor, offset) => file.stream(member(descriptor.digest), offset),
    range({ digest, size }) {
      const found = file.find(layoutBlob(digest))
      return found?.size === size ? file.place(found) : undefined
    },
    close: () => {},
  }
}

/** The type a manifest gives itself; OCI's where it says none. */
function ownType(bytes: Uint8Array, digest: Digest): string {
  const { mediaType } = parseJson(bytes, `The manifest ${digest}`)
  return typeof mediaType === 'string' ? mediaType : mediaTypes.ociManifest
}
