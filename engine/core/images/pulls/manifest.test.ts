import { expect, test } from 'vitest'

import { type BlobStore, type Digest, digestOf, hostPlatform, mediaTypes, type SourceManifest } from '../../../image/index.ts'
import { planImage } from './manifest.ts'

test('a configuration under another digest than sha256 is refused, also when the store has it', async () => {
  const bytes = Buffer.from(JSON.stringify({ rootfs: { type: 'layers', diff_ids: [] } }))
  const digest = `sha512:${'a'.repeat(128)}` as Digest
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: { mediaType: mediaTypes.ociConfig, digest, size: bytes.length },
      layers: [],
    }),
  )
  const top: SourceManifest = { bytes: manifest, digest: digestOf(manifest), mediaType: mediaTypes.ociManifest }
  const source = {
    manifest: async () => top,
    async *blob() {
      yield bytes
    },
  }
  for (const there of [true, false]) {
    const blobs = { has: () => there, read: async () => bytes } as unknown as BlobStore
    await expect(planImage(source, blobs, 'x', hostPlatform(), false)).rejects.toMatchObject({ code: 'ManifestInvalid' })
  }
})
