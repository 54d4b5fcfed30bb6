import { join } from 'node:path'

import {
  addEntry,
  emptyLayoutIndex,
  formatLayoutIndex,
  layoutBlob,
  layoutMarker,
  manifestFamily,
  type ManifestFamily,
  type NewLayer,
  rewriteManifest,
  type SourceManifest,
  splitDigest,
} from '../../../image/index.ts'
import type { TarInput } from '../../../lib/tar/index.ts'
import type { Context } from '../../context.ts'
import { recompress, type Spooled } from '../copies/recompress.ts'
import {
  document,
  keptBlob,
  keptCompression,
  member,
  plainLayer,
  readConfig,
  readManifest,
  type SavedImage,
  type SavedLayer,
  savedLayers,
} from './saved-image.ts'

export interface FolderChoice {
  /** Compresses plain layers with gzip; others stay as they are. */
  compress: boolean
}

/**
 * An OCI layout (image-spec image-layout.md), as an oci-archive holds it: the kept blobs as they are, and the manifest, if it was
 * Docker's, as OCI's. @throws StoreCorrupt, NotSupported
 */
export async function* ociLayout(
  context: Context,
  image: SavedImage,
  choice: FolderChoice,
): AsyncGenerator<TarInput, void, undefined> {
  const parts = await prepare(context, image, 'oci', choice)
  try {
    const { manifest } = parts
    for (const path of ['blobs', 'blobs/sha256']) yield folder(path)
    const documents = [
      { digest: image.record.facts.config.digest, bytes: parts.config },
      { digest: manifest.digest, bytes: manifest.bytes },
    ]
    for (const { digest, bytes } of documents) yield document(layoutBlob(digest as typeof manifest.digest), bytes)
    for (const layer of parts.layers) yield member(layoutBlob(layer.digest), layer.size, layer.bytes())
    const index = emptyLayoutIndex()
    // A layout has one name for an image: its own, whatever more there are.
    addEntry(index, { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.bytes.length }, image.name ?? '')
    yield document('index.json', formatLayoutIndex(index))
    yield document('oci-layout', layoutMarker)
  } finally {
    parts.close()
  }
}

/** A folder as the transport `dir:` has it, with a manifest of Docker's kind. @throws StoreCorrupt, NotSupported */
export async function* dockerFolder(
  context: Context,
  image: SavedImage,
  choice: FolderChoice,
): AsyncGenerator<TarInput, void, undefined> {
  const parts = await prepare(context, image, 'docker', choice)
  try {
    for (const layer of parts.layers) yield member(splitDigest(layer.digest).hex, layer.size, layer.bytes())
    yield document(image.record.id, parts.config)
    yield document('version', 'Directory Transport Version: 1.1\n')
    yield document('manifest.json', parts.manifest.bytes)
  } finally {
    parts.close()
  }
}

interface Layer extends NewLayer {
  bytes(): AsyncIterable<Uint8Array>
}

interface Parts {
  manifest: SourceManifest
  config: Buffer
  /** Each once. */
  layers: Layer[]
  close(): void
}

async function prepare(context: Context, { record }: SavedImage, family: ManifestFamily, choice: FolderChoice): Promise<Parts> {
  const source = await readManifest(context, record)
  const spooled: Spooled[] = []
  const close = (): void => {
    for (const each of spooled) each.close()
  }
  try {
    const layers: Layer[] = []
    for (const layer of await savedLayers(context, record)) layers.push(await newLayer(context, layer, family, choice, spooled))
    const same =
      manifestFamily(source.mediaType) === family && layers.every(({ digest }, i) => digest === record.facts.layers[i]!.digest)
    const manifest = same ? source : rewriteManifest(source, family, layers, `The image ${record.id.slice(0, 12)}`).manifest
    const config = await readConfig(context, record)
    return { manifest, config, layers: [...new Map(layers.map((layer) => [layer.digest, layer])).values()], close }
  } catch (error) {
    close()
    throw error
  }
}

async function newLayer(
  context: Context,
  layer: SavedLayer,
  family: ManifestFamily,
  choice: FolderChoice,
  spooled: Spooled[],
): Promise<Layer> {
  const compression = await keptCompression(context, layer)
  if (compression === 'none' && choice.compress) {
    const packed = await recompress(plainLayer(context, layer), { compression: 'gzip' }, join(context.root, 'staging'))
    spooled.push(packed)
    return { ...packed, bytes: () => packed.bytes(0) }
  }
  // Docker's manifests have no zstd.
  if (compression === 'zstd' && family === 'docker')
    return { digest: layer.diffId, size: layer.plainSize, compression: 'none', bytes: () => plainLayer(context, layer) }
  return { digest: layer.digest, size: layer.size, compression, bytes: () => keptBlob(context, layer.digest) }
}

function folder(path: string): TarInput {
  return { header: { path, type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0, mtime: 0n } }
}
