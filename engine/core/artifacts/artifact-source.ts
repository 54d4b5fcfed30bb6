import { EngineError } from '../../errors/index.ts'
import { type Digest, type ImageSource, mediaTypes } from '../../image/index.ts'
import type { ArtifactRecord } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { imageBlobs } from '../images/store/image-store.ts'
import { fileBytes } from '../images/transports/file-bytes.ts'
import { readArtifact } from './find.ts'

/** An artifact of the store, to be read inside `withSharedLock`. */
export function artifactSource(context: Context, record: ArtifactRecord): ImageSource {
  const blobs = imageBlobs(context)
  const { name } = record
  return {
    name: `artifact:${name}`,
    async manifest(digest) {
      if (digest !== undefined && digest !== record.digest)
        throw new EngineError('ImageUnknown', `The artifact ${name} has no manifest ${digest}.`, { details: { name, digest } })
      const { bytes, manifest } = await readArtifact(context, record)
      return { bytes, digest: record.digest as Digest, mediaType: manifest.mediaType || mediaTypes.ociManifest }
    },
    blob({ digest }, offset = 0) {
      if (!blobs.has(digest))
        throw new EngineError(
          'StoreCorrupt',
          `The file ${digest} of the artifact ${name} is missing from the store: pull it again.`,
          {
            details: { name, digest },
          },
        )
      return fileBytes(blobs.path(digest), offset, `The file ${digest} of the artifact ${name}`)
    },
    file: ({ digest }) => (blobs.has(digest) ? blobs.path(digest) : undefined),
    close: () => {},
  }
}
