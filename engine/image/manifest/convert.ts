import { EngineError } from '../../errors/index.ts'
import { type Digest, digestOf } from '../digest.ts'
import type { Descriptor } from './manifest.ts'
import { isArtifact, parseAnyManifest } from './manifest.ts'
import { type Compression, isForeignLayer, layerCompression, mediaTypes } from './media-types.ts'
import type { SourceManifest } from '../transfer.ts'

/** The two families of manifests. */
export type ManifestFamily = 'oci' | 'docker'

/** @returns nothing for a type of neither. */
export function manifestFamily(mediaType: string): ManifestFamily | undefined {
  if (mediaType === mediaTypes.ociManifest || mediaType === mediaTypes.ociIndex) return 'oci'
  return mediaType === mediaTypes.dockerManifest || mediaType === mediaTypes.dockerList ? 'docker' : undefined
}

/** A layer as it is to be listed: other bytes than it had, or the same. */
export interface NewLayer {
  digest: Digest
  size: number
  compression: Compression
  /** What is true of its bytes alone: where a zstd:chunked layer's table of contents is. */
  annotations?: Record<string, string>
}

export interface Rewritten {
  manifest: SourceManifest
  /** What the new format cannot represent, for the message. */
  lost: string[]
}

/** Layers' types by how they are compressed, of either family; others may be kept only elsewhere ("foreign"). */
const layerTypes = {
  oci: {
    own: mediaTypes.ociLayer,
    foreign: 'application/vnd.oci.image.layer.nondistributable.v1.tar',
    suffix: { none: '', gzip: '+gzip', zstd: '+zstd' },
  },
  docker: {
    own: 'application/vnd.docker.image.rootfs.diff.tar',
    foreign: 'application/vnd.docker.image.rootfs.foreign.diff.tar',
    suffix: { none: '', gzip: '.gzip', zstd: '.zstd' },
  },
} as const

/** The type of a layer in a family. */
export function layerType(like: string, family: ManifestFamily, compression: Compression): string {
  const types = layerTypes[family]
  return (isForeignLayer(like) ? types.foreign : types.own) + types.suffix[compression]
}

/**
 * A manifest in another format, or with other layers. What it says of its config stays: an image keeps its id.
 * @param layers in the manifest's order.
 * @throws NotSupported when the format cannot hold it: artifacts, zstd in Docker's.
 */
export function rewriteManifest(
  source: SourceManifest,
  family: ManifestFamily,
  layers: readonly NewLayer[],
  what: string,
): Rewritten {
  const parsed = parseAnyManifest(source.bytes, source.mediaType, what)
  if (parsed.kind !== 'manifest') throw new EngineError('Internal', `${what} is a list and no manifest.`)
  const converts = manifestFamily(parsed.mediaType) !== family
  if (converts && isArtifact(parsed)) throw unfit(what, family, 'it is an artifact')
  const document = JSON.parse(source.bytes.toString('utf8')) as Document
  const entries = (document['layers'] as Entry[]).map((entry, i) => {
    const before = parsed.layers[i]!
    const { digest, size, compression, annotations = {} } = layers[i]!
    const kept = digest === before.digest
    if (kept && !converts) return entry
    const known = layerCompression(before.mediaType)
    if (known === undefined)
      throw unfit(what, family, `its layer type ${JSON.stringify(before.mediaType.slice(0, 100))} is unknown`)
    if (family === 'docker' && compression === 'zstd') throw unfit(what, family, 'it has layers compressed with zstd')
    const mediaType = layerType(before.mediaType, family, compression)
    if (converts)
      return withAnnotations(toEntry(family, { mediaType, digest, size }, kept ? before.urls : undefined), annotations)
    return withAnnotations({ ...withoutContent(entry), mediaType, digest, size }, annotations)
  })
  if (!converts) return { manifest: toSource({ ...document, layers: entries }, parsed.mediaType), lost: [] }
  const mediaType = family === 'oci' ? mediaTypes.ociManifest : mediaTypes.dockerManifest
  const config = { ...parsed.config, mediaType: family === 'oci' ? mediaTypes.ociConfig : mediaTypes.dockerConfig }
  const made = { schemaVersion: 2, mediaType, config: toEntry(family, config), layers: entries }
  return { manifest: toSource(made, mediaType), lost: family === 'docker' ? droppedByDocker(document, parsed.layers) : [] }
}

/** Changes of an index. */
export interface IndexChanges {
  /** The new manifest for the digest of an old one; others stay as they are. */
  changed: ReadonlyMap<Digest, SourceManifest>
  /** More manifests, each for the same platform as an old one. */
  added?: readonly { like: Digest; manifest: SourceManifest }[]
}

/**
 * Says of an entry that its image's layers are compressed with zstd: readers that cannot read that take another one
 * (containers/image).
 */
const zstdMark = 'io.github.containers.compression.zstd'

/** Whether some layer of an image is compressed with zstd. */
export function usesZstd({ bytes, mediaType }: SourceManifest): boolean {
  const parsed = parseAnyManifest(bytes, mediaType, 'The manifest')
  return parsed.kind === 'manifest' && parsed.layers.some((layer) => layerCompression(layer.mediaType) === 'zstd')
}

/**
 * An index in another format, or whose manifests have changed or become more. Images with zstd are marked, and come after those
 * that every client reads.
 */
export function rewriteIndex(
  source: SourceManifest,
  family: ManifestFamily,
  { changed, added = [] }: IndexChanges,
  what: string,
): Rewritten {
  const parsed = parseAnyManifest(source.bytes, source.mediaType, what)
  if (parsed.kind !== 'index') throw new EngineError('Internal', `${what} is no list.`)
  const converts = manifestFamily(parsed.mediaType) !== family
  const document = JSON.parse(source.bytes.toString('utf8')) as Document
  const entries = (document['manifests'] as Entry[]).map((entry, i) => {
    const before = parsed.manifests[i]!
    const now = changed.get(before.digest)
    const fields = now
      ? { mediaType: now.mediaType, digest: now.digest, size: now.bytes.length }
      : { mediaType: before.mediaType, digest: before.digest, size: before.size }
    return now ? marked(listEntryOf(entry, fields, converts, family), now, family) : listEntryOf(entry, fields, converts, family)
  })
  for (const { like, manifest } of added) {
    const i = parsed.manifests.findIndex(({ digest }) => digest === like)
    const fields = { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.bytes.length }
    entries.push(marked(listEntryOf((document['manifests'] as Entry[])[i]!, fields, converts, family), manifest, family))
  }
  const manifests = entries.toSorted((a, b) => Number(hasZstdMark(a)) - Number(hasZstdMark(b)))
  if (!converts) return { manifest: toSource({ ...document, manifests }, parsed.mediaType), lost: [] }
  const mediaType = family === 'oci' ? mediaTypes.ociIndex : mediaTypes.dockerList
  const made = { schemaVersion: 2, mediaType, manifests }
  return { manifest: toSource(made, mediaType), lost: family === 'docker' ? droppedByDocker(document, parsed.manifests) : [] }
}

/** An entry with other bytes behind it, or in another format. */
function listEntryOf(entry: Entry, fields: Descriptor, converts: boolean, family: ManifestFamily): Entry {
  if (converts) return { ...toEntry(family, fields), ...(entry['platform'] ? { platform: entry['platform'] } : {}) }
  return fields.digest === entry['digest'] ? entry : { ...withoutContent(entry), ...fields }
}

/** Docker's lists cannot hold a mark. */
function marked(entry: Entry, manifest: SourceManifest, family: ManifestFamily): Entry {
  if (family !== 'oci' || !usesZstd(manifest)) return entry
  const { annotations, platform, ...rest } = entry
  const all = { ...(annotations as Record<string, unknown> | undefined), [zstdMark]: 'true' }
  return { ...rest, annotations: all, ...(platform ? { platform } : {}) }
}

function hasZstdMark({ annotations }: Entry): boolean {
  return (annotations as Record<string, unknown> | undefined)?.[zstdMark] === 'true'
}

type Document = Record<string, unknown>
type Entry = Record<string, unknown>

/** In the order other tools write it, so that the same image gets the same digest. */
function toEntry(family: ManifestFamily, { mediaType, digest, size }: Descriptor, urls?: readonly string[]): Entry {
  const fields = family === 'oci' ? { mediaType, digest, size } : { mediaType, size, digest }
  return urls && urls.length > 0 ? { ...fields, urls } : fields
}

function withAnnotations(entry: Entry, more: Record<string, string>): Entry {
  if (Object.keys(more).length === 0) return entry
  return { ...entry, annotations: { ...(entry['annotations'] as Record<string, unknown> | undefined), ...more } }
}

/** An entry without what is true only of the bytes it listed before. */
function withoutContent(entry: Entry): Entry {
  const { data: _data, urls: _urls, annotations, ...rest } = entry
  const kept = Object.entries((annotations ?? {}) as Record<string, unknown>).filter(
    ([key]) => !key.startsWith('io.github.containers.zstd-chunked.') && key !== zstdMark,
  )
  return kept.length > 0 ? { ...rest, annotations: Object.fromEntries(kept) } : rest
}

function droppedByDocker(document: Document, entries: readonly Descriptor[]): string[] {
  const lost: string[] = []
  if (document['annotations'] || entries.some(({ annotations }) => annotations)) lost.push('annotations')
  if (document['subject']) lost.push('the subject it refers to')
  if (document['artifactType']) lost.push('its artifact type')
  return lost
}

function toSource(document: Document, mediaType: string): SourceManifest {
  const bytes = Buffer.from(JSON.stringify(document))
  return { bytes, digest: digestOf(bytes), mediaType }
}

function unfit(what: string, family: ManifestFamily, reason: string): EngineError {
  const format = family === 'oci' ? 'OCI' : 'Docker schema 2'
  return new EngineError('NotSupported', `${what} cannot be written as ${format}: ${reason}. Leave its format as it is.`)
}
