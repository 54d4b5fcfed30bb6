import { EngineError } from '../../../errors/index.ts'
import { type Digest, digestOf, type ImageSource, limits, readPieces, type SourceManifest } from '../../../image/index.ts'
import { openPlain } from '../../../lib/files/plain-file.ts'
import type { ImageRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { imageBlobs } from '../store/image-store.ts'
import { otherBlob, otherLayers, otherStores } from './attached.ts'

const ociLayer = 'application/vnd.oci.image.layer.v1.tar'
const dockerLayer = 'application/vnd.docker.image.rootfs.diff.tar'

/** A layer of an additional store as it can be read. */
export interface ReadableLayer {
  digest: Digest
  size: number
  mediaType: string
  diffId: Digest
  /** Bytes of the plain tar. */
  plainSize: number
}

/**
 * The layers of an image of an additional store, lowest first: as their blobs are kept there, else as plain archives that can be
 * built again. @throws NotSupported
 */
export function readableLayers(context: Context, record: ImageRecord): ReadableLayer[] {
  const { facts } = record
  return facts.layers.map((layer, i) => {
    const diffId = facts.diffIds[i] as Digest
    const found = otherLayers(context, facts.chain[i]!)?.[0]
    const plainSize = found?.size ?? 0
    if (otherBlob(context, layer.digest) !== undefined) return { ...layer, digest: layer.digest as Digest, diffId, plainSize }
    if (plainSize === 0 || !found?.tar) throw cannotBuild(record)
    const mediaType = layer.mediaType.includes('docker') ? dockerLayer : ociLayer
    return {
      digest: diffId,
      size: plainSize,
      mediaType: layer.digest === diffId ? layer.mediaType : mediaType,
      diffId,
      plainSize,
    }
  })
}

/** A blob of an additional store: as it is kept there, or a layer's plain archive, built again. Not verified. */
export function otherBytes(context: Context, digest: string): AsyncIterable<Uint8Array> | undefined {
  const file = otherBlob(context, digest)
  if (file !== undefined) return readPieces(openPlain(file))
  for (const { images, layers } of otherStores(context)) {
    for (const { record } of images) {
      const at = record.facts.diffIds.indexOf(digest)
      const tar = at < 0 ? undefined : layers.get(record.facts.chain[at]!)?.tar
      if (tar) return tar()
    }
  }
  return undefined
}

/** The manifest of an image with layers as they can be read: its own, or, where they are not kept as blobs, one that says so. */
export async function readableManifest(context: Context, record: ImageRecord): Promise<SourceManifest> {
  const { manifest, layers } = record.facts
  const bytes = await imageBlobs(context).read(manifest.digest as Digest, limits.manifestBytes)
  const readable = readableLayers(context, record)
  if (readable.every(({ digest }, i) => digest === layers[i]!.digest))
    return { bytes, digest: manifest.digest as Digest, mediaType: manifest.mediaType }
  const document = JSON.parse(bytes.toString('utf8')) as { layers: object[] }
  for (const [i, { digest, size, mediaType }] of readable.entries())
    Object.assign(document.layers[i]!, { digest, size, mediaType })
  const rewritten = Buffer.from(JSON.stringify(document))
  return { bytes: rewritten, digest: digestOf(rewritten), mediaType: manifest.mediaType }
}

/**
 * An image of an additional store to be copied or pushed. Layers whose blobs are not kept there are built again, uncompressed:
 * the image's id stays, its digest does not.
 * @throws NotSupported
 */
export async function otherSource(
  context: Context,
  record: ImageRecord,
): Promise<Pick<ImageSource, 'manifest' | 'blob' | 'file'>> {
  const manifest = await readableManifest(context, record)
  return {
    async manifest(digest) {
      if (digest === undefined || digest === manifest.digest) return manifest
      throw new EngineError('ImageUnknown', `The manifest ${digest} is not in the additional image store ${record.facts.store}.`)
    },
    file: ({ digest }) => otherBlob(context, digest),
    blob({ digest }, offset = 0) {
      const bytes = otherBytes(context, digest)
      if (!bytes) throw cannotBuild(record)
      return from(bytes, offset)
    },
  }
}

async function* from(source: AsyncIterable<Uint8Array>, offset: number): AsyncGenerator<Uint8Array, void, undefined> {
  let left = offset
  for await (const piece of source) {
    if (piece.byteLength > left) yield left === 0 ? piece : piece.subarray(left)
    left = Math.max(0, left - piece.byteLength)
  }
}

function cannotBuild({ id, facts }: ImageRecord): EngineError {
  return new EngineError(
    'NotSupported',
    `The layers of image ${id.slice(0, 12)} are not kept as blobs in the additional image store ${facts.store} and cannot be built again: pull the image into the store first.`,
    { details: { id } },
  )
}
