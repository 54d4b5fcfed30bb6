import type { InflateProgram } from '../../../adapters/inflater.ts'
import {
  type ChainId,
  type Compression,
  decompress,
  detectCompression,
  type Digest,
  finishHash,
  hashFor,
  limits,
  type SourceManifest,
} from '../../../image/index.ts'
import type { PlacedBody, TarInput } from '../../../lib/tar/index.ts'
import type { ImageRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { otherBytes, readableLayers, readableManifest } from '../additional/source.ts'
import { findInstance } from '../../manifests/instance.ts'
import { localName } from '../resolve/names.ts'
import { imageBlobs } from '../store/image-store.ts'
import { inflateFile, programFor } from './inflate-file.ts'
import { damagedBlob, writeAt, inflateAt } from './placed-layer.ts'
import { fastInflate } from './plain.ts'

/** An image that is being saved, with the names it gets in the archive. */
export interface SavedImage {
  record: ImageRecord
  /** The name it was found by, in full and with a tag; nothing when that was an id or a digest. */
  name?: string
  /** Full names with a tag, in the order given. */
  tags: string[]
}

/** A layer as it is kept. */
export interface SavedLayer {
  /** Of the kept blob. */
  digest: Digest
  size: number
  mediaType: string
  diffId: Digest
  /** Of the plain tar. */
  plainSize: number
}

/**
 * The images that names or ids mean, each once; of a manifest list its image for this machine. A name is a tag of its image in the
 * archive; an id gives it none.
 * @throws ImageNotFound, NameAmbiguous, StoreCorrupt
 */
export function imagesToSave(
  context: Context,
  references: readonly string[],
  additionalTags: readonly string[] = [],
): SavedImage[] {
  const byId = new Map<string, SavedImage>()
  for (const reference of references) {
    const { record, name } = findInstance(context, reference)
    const saved = byId.get(record.id) ?? { record, tags: [] }
    byId.set(record.id, saved)
    if (name === undefined || name.includes('@')) continue
    saved.name ??= name
    if (!saved.tags.includes(name)) saved.tags.push(name)
  }
  const images = [...byId.values()]
  for (const tag of additionalTags.map((each) => localName(each)).toReversed()) {
    if (images[0] && !images[0].tags.includes(tag)) images[0].tags.unshift(tag)
  }
  return images
}

/** The layers of an image, lowest first. @throws LayerNotFound */
export async function savedLayers(context: Context, record: ImageRecord): Promise<SavedLayer[]> {
  const { facts } = record
  if (facts.store !== undefined) return readableLayers(context, record)
  const layers = await context.layers()
  return facts.layers.map((layer, i) => ({
    ...layer,
    digest: layer.digest as Digest,
    diffId: facts.diffIds[i] as Digest,
    plainSize: layers.record(facts.chain[i] as ChainId).size,
  }))
}

/** @throws StoreCorrupt */
export function readConfig(context: Context, { facts }: ImageRecord): Promise<Buffer> {
  return imageBlobs(context).read(facts.config.digest as Digest, limits.configBytes)
}

/** The image's own manifest. @throws StoreCorrupt */
export async function readManifest(context: Context, record: ImageRecord): Promise<SourceManifest> {
  const { manifest, store } = record.facts
  if (store !== undefined) return readableManifest(context, record)
  const digest = manifest.digest as Digest
  return { bytes: await imageBlobs(context).read(digest, limits.manifestBytes), digest, mediaType: manifest.mediaType }
}

/** How a kept blob is really compressed; types in manifests are sometimes wrong. */
export async function keptCompression(context: Context, { digest }: SavedLayer): Promise<Compression> {
  for await (const piece of keptBlob(context, digest)) return piece.byteLength < 4 ? 'none' : detectCompression(piece)
  return 'none'
}

/** A kept blob as it is; its digest is verified at the end. @throws StoreCorrupt */
export async function* keptBlob(context: Context, digest: Digest): AsyncGenerator<Uint8Array, void, undefined> {
  const blobs = imageBlobs(context)
  const source = blobs.has(digest) ? blobs.stream(digest) : otherBytes(context, digest)
  if (!source) throw damagedBlob(digest, 'is missing from')
  const hash = hashFor(digest)
  for await (const piece of source) {
    hash.update(piece)
    yield piece
  }
  if (finishHash(hash, digest) !== digest) throw damagedBlob(digest, 'is damaged in')
}

/** With a separate program that reads the file directly, where this host has one; the blob is verified meanwhile. */
async function* inflated(context: Context, digest: Digest): AsyncGenerator<Uint8Array, void, undefined> {
  const blobs = imageBlobs(context)
  const program = programForBlob(context, digest)
  if (program === null) {
    yield* decompress(keptBlob(context, digest), fastInflate())
    return
  }
  const left = new AbortController()
  const verified = readAll(keptBlob(context, digest), left.signal)
  // Reported below: a damaged blob is the better reason than a program that cannot inflate it.
  verified.catch(() => {})
  try {
    yield* inflateFile(blobs.path(digest), program)
    await verified
  } catch (error) {
    await verified
    throw error
  } finally {
    left.abort()
  }
}

/** Below this many compressed bytes, starting a program takes longer than it saves. */
const worthAProgram = 256 * 1024

function programForBlob(context: Context, digest: Digest): InflateProgram | null {
  const blobs = imageBlobs(context)
  return (blobs.size(digest) ?? 0) < worthAProgram ? null : programFor(blobs.path(digest))
}

async function readAll(source: AsyncIterable<unknown>, signal: AbortSignal): Promise<void> {
  for await (const _ of source) if (signal.aborted) return
}

/** A layer's plain tar, which can also be written at its offset in a file. @throws StoreCorrupt */
export function plainLayer(context: Context, layer: SavedLayer): PlacedBody {
  return {
    [Symbol.asyncIterator]: () => plainBytes(context, layer),
    async writeAt(file, offset, signal) {
      const { digest, plainSize: size } = layer
      const program = programForBlob(context, digest)
      const blob = imageBlobs(context).path(digest)
      if (program && (await inflateAt({ digest, blob, program, size, file, offset, signal }))) return
      await writeAt(plainBytes(context, layer), file, offset, signal)
    },
  }
}

async function* plainBytes(context: Context, layer: SavedLayer): AsyncGenerator<Uint8Array, void, undefined> {
  let size = 0
  for await (const piece of inflated(context, layer.digest)) {
    size += piece.byteLength
    // More would overwrite what follows.
    if (size > layer.plainSize) break
    yield piece
  }
  if (size !== layer.plainSize) throw damagedBlob(layer.digest, 'inflates to another size than it had, in')
}

/** A member of an archive whose bytes depend on nothing but the image: no times, no owners. */
export function member(
  path: string,
  size: number,
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  mode = 0o644,
): TarInput {
  return { header: { path, type: 'file', mode, uid: 0, gid: 0, size, mtime: 0n }, body }
}

/** As {@link member}, for bytes at hand. */
export function document(path: string, bytes: Uint8Array | string, mode = 0o644): TarInput {
  const content = Buffer.from(bytes as Uint8Array)
  return member(path, content.length, [content], mode)
}
