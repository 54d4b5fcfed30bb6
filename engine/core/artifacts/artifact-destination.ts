import { EngineError } from '../../errors/index.ts'
import { type Descriptor, parseAnyManifest, type SourceManifest } from '../../image/index.ts'
import { putArtifact, timestamp } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { imageBlobs } from '../images/store/image-store.ts'
import type { Destination } from '../images/transports/index.ts'

/**
 * A name among the artifacts of the store, to be written to inside {@link withSharedLock}. It accepts anything with one manifest.
 */
export function artifactDestination(context: Context, name: string): Destination {
  const blobs = imageBlobs(context)
  let written: SourceManifest | undefined
  return {
    name: `artifact:${name}`,
    traits: { manifestTypes: [], layers: 'preserve', lists: false },
    has: async ({ digest, size }) => blobs.size(digest) === size,
    putBlob: (descriptor, bytes) =>
      context.lock('image', `blob-${descriptor.digest.replace(':', '-')}`, async () => {
        if (blobs.size(descriptor.digest) === descriptor.size) return
        const writer = blobs.begin(descriptor.digest, descriptor.size)
        try {
          for await (const _ of writer.existing());
          const rest = writer.resumedAt > 0 && bytes.from ? bytes.from(writer.resumedAt) : bytes
          for await (const piece of rest) writer.write(piece)
          writer.commit()
        } catch (error) {
          if (EngineError.is(error, 'DiskFull', 'DigestMismatch', 'SizeMismatch')) writer.discard()
          else writer.suspend()
          throw error
        }
      }),
    async putManifest(manifest) {
      blobs.put(manifest.bytes)
      written = manifest
    },
    async commit() {
      if (!written) throw new EngineError('Internal', `The artifact ${name} came without a manifest.`)
      const { digest, bytes, mediaType } = written
      const parsed = parseAnyManifest(bytes, mediaType, `The artifact ${name}`)
      const parts: Descriptor[] = parsed.kind === 'manifest' ? [parsed.config, ...parsed.layers] : []
      const needed = new Set([digest, ...parts.map((part) => part.digest)])
      await context.database.transaction(() =>
        putArtifact(context.database, { name, digest, added: timestamp(), blobs: [...needed] }),
      )
    },
    // Leftovers are removed by the next removal.
    discard: async () => {},
  }
}
