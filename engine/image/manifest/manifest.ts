import { EngineError } from '../../errors/index.ts'
import { type Digest, toDigest } from '../digest.ts'
import { layerCompression, mediaTypes } from './media-types.ts'
import type { Platform } from '../platform.ts'

/** A reference to a blob: what it is, how large, and its digest (OCI image-spec descriptor.md). */
export interface Descriptor {
  mediaType: string
  digest: Digest
  size: number
  annotations?: Record<string, string>
  /** Where else it can be fetched: of layers that may not be given away. */
  urls?: string[]
  /** The content itself in base64, of a small one. */
  data?: string
  /** What kind of artifact a manifest is. */
  artifactType?: string
}

/** One image for one platform, OCI's or Docker's, or an artifact. */
export interface Manifest {
  kind: 'manifest'
  mediaType: string
  config: Descriptor
  /** Lowest first. */
  layers: Descriptor[]
  annotations: Record<string, string>
  /** What kind of artifact it is; for artifacts made before OCI 1.1 the config's type says it. */
  artifactType?: string
  /** The manifest that this one is about. */
  subject?: Descriptor
}

/** Images for several platforms: OCI's index or Docker's manifest list. */
export interface ManifestIndex {
  kind: 'index'
  mediaType: string
  manifests: (Descriptor & { platform?: Platform })[]
  artifactType?: string
  subject?: Descriptor
}

/** Limits on untrusted input. */
export const limits = {
  /** Bytes of a manifest or index. */
  manifestBytes: 4 * 1024 * 1024,
  /** Bytes of an image config. */
  configBytes: 4 * 1024 * 1024,
  /**
   * Quotes in a large image config: keys and values that were made to have one hash cost the square of their number, and commands that
   * read configs run with a seed that anyone may know (docs/decisions/0022-baked-in-seed.md).
   */
  configQuotes: 40_000,
  layers: 128,
  /** Files of an artifact. */
  artifactLayers: 1024,
  indexEntries: 1024,
  /** Addresses of one descriptor. */
  urls: 16,
} as const

/**
 * Reads the manifest of a container image, or an index.
 * @param mediaType what the registry called it; the document's own `mediaType` must not contradict it.
 * @throws ManifestInvalid, also for an artifact.
 */
export function parseManifest(bytes: Uint8Array, mediaType: string, what: string): Manifest | ManifestIndex {
  const parsed = parseAnyManifest(bytes, mediaType, what)
  if (parsed.kind === 'manifest') requireImage(parsed, what)
  return parsed
}

/** Whether a manifest is that of an artifact, something a registry keeps that is no file system: its config's type says so. */
export function isArtifact({ config }: Manifest): boolean {
  return config.mediaType !== mediaTypes.ociConfig && config.mediaType !== mediaTypes.dockerConfig
}

/**
 * Reads a manifest, whether of an image or of an artifact with whatever types, or an index. The original bytes are what is passed
 * on.
 * @param mediaType what the registry called it; the document's own `mediaType` must not contradict it.
 * @throws ManifestInvalid
 */
export function parseAnyManifest(bytes: Uint8Array, mediaType: string, what: string): Manifest | ManifestIndex {
  if (bytes.byteLength > limits.manifestBytes) throw invalid(what, 'it is larger than 4 MiB')
  const document = parseJson(bytes, what)
  const own = typeof document['mediaType'] === 'string' ? document['mediaType'] : undefined
  const type = own ?? baseType(mediaType)
  if (type === mediaTypes.dockerSchema1 || type === mediaTypes.dockerSchema1Signed || document['schemaVersion'] === 1) {
    throw invalid(
      what,
      'it has the old Docker schema 1, which has no verifiable layers; push the image again with a current tool',
    )
  }
  if (document['schemaVersion'] !== 2) throw invalid(what, 'its schemaVersion is not 2')
  if (type === mediaTypes.ociIndex || type === mediaTypes.dockerList) return toIndex(document, type, what)
  if (type === mediaTypes.ociManifest || type === mediaTypes.dockerManifest) return toManifest(document, type, what)
  // Registries that lose the type (some proxies) still send a document that shows what it is.
  if (own === undefined && Array.isArray(document['manifests']) && !document['layers'])
    return toIndex(document, mediaTypes.ociIndex, what)
  if (own === undefined && Array.isArray(document['layers']) && !document['manifests'])
    return toManifest(document, mediaTypes.ociManifest, what)
  throw invalid(what, `its type ${JSON.stringify(type.slice(0, 100))} is not an image manifest`)
}

function toManifest(document: Record<string, unknown>, mediaType: string, what: string): Manifest {
  if (document['manifests'] !== undefined) throw invalid(what, 'it holds both layers and manifests')
  const layers = document['layers']
  if (!Array.isArray(layers)) throw invalid(what, 'it has no list of layers')
  if (layers.length > limits.artifactLayers) throw invalid(what, `it lists more than ${limits.artifactLayers} layers`)
  return {
    kind: 'manifest',
    mediaType,
    config: toDescriptor(document['config'], what),
    layers: layers.map((layer) => toDescriptor(layer, what)),
    annotations: toTextMap(document['annotations']),
    ...association(document, what),
  }
}

/** OCI 1.1: what kind of artifact it is, and what it is about. */
function association(document: Record<string, unknown>, what: string): Pick<Manifest, 'artifactType' | 'subject'> {
  const { artifactType, subject } = document
  return {
    ...(typeof artifactType === 'string' && artifactType !== '' ? { artifactType } : {}),
    ...(subject === undefined || subject === null ? {} : { subject: toDescriptor(subject, what) }),
  }
}

function requireImage(manifest: Manifest, what: string): void {
  const { config, layers } = manifest
  if (layers.length > limits.layers)
    throw invalid(what, `it has ${layers.length} layers, more than the ${limits.layers} that are supported`)
  if (isArtifact(manifest)) {
    const type = manifest.artifactType ?? config.mediaType
    throw invalid(
      what,
      `its type is ${JSON.stringify(type.slice(0, 100))}, so it is an artifact and not a container image: use \`berth artifact pull\``,
    )
  }
  if (config.size > limits.configBytes) throw invalid(what, 'its config is larger than 4 MiB')
  const odd = layers.find((layer) => layerCompression(layer.mediaType) === undefined)
  if (odd) throw invalid(what, `its layer type ${JSON.stringify(odd.mediaType.slice(0, 100))} is not supported`)
}

function toIndex(document: Record<string, unknown>, mediaType: string, what: string): ManifestIndex {
  // Go's tools write a list without any as null.
  const entries = document['manifests'] === null ? [] : document['manifests']
  if (!Array.isArray(entries)) throw invalid(what, 'it has no list of manifests')
  if (document['layers'] !== undefined || document['config'] !== undefined)
    throw invalid(what, 'it holds both layers and manifests')
  if (entries.length > limits.indexEntries) throw invalid(what, `it lists more than ${limits.indexEntries} manifests`)
  const manifests = entries.map((entry: unknown) => {
    const platform = (entry as { platform?: unknown } | null)?.platform
    return { ...toDescriptor(entry, what), ...(platform ? { platform: toPlatform(platform) } : {}) }
  })
  return { kind: 'index', mediaType, manifests, ...association(document, what) }
}

function toPlatform(value: unknown): Platform {
  const fields = value as Record<string, unknown>
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '')
  return { os: text('os'), architecture: text('architecture'), ...(text('variant') ? { variant: text('variant') } : {}) }
}

function toDescriptor(value: unknown, what: string): Descriptor {
  if (typeof value !== 'object' || value === null) throw invalid(what, 'a descriptor is missing')
  const { mediaType, digest, size, annotations, urls, data, artifactType } = value as Record<string, unknown>
  if (typeof mediaType !== 'string') throw invalid(what, 'a descriptor has no media type')
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) throw invalid(what, 'a descriptor has an invalid size')
  return {
    mediaType,
    digest: toDigest(digest, `A descriptor in ${what}`),
    size,
    ...(annotations ? { annotations: toTextMap(annotations) } : {}),
    ...(Array.isArray(urls) && urls.length > 0 ? { urls: urls.filter(isText).slice(0, limits.urls) } : {}),
    ...(isText(data) && data !== '' ? { data } : {}),
    ...(isText(artifactType) && artifactType !== '' ? { artifactType } : {}),
  }
}

const isText = (value: unknown): value is string => typeof value === 'string'

/** Annotations; what is not text is left out. */
export function toTextMap(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

/** @throws ManifestInvalid unless `bytes` are a JSON object. */
export function parseJson(bytes: Uint8Array, what: string): Record<string, unknown> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    if (isDeep(text)) throw new Error('it is nested too deeply')
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch (error) {
    throw new EngineError('ManifestInvalid', `${what} is not usable: it is not JSON.`, { cause: error })
  }
  throw invalid(what, 'it is not a JSON object')
}

/** Levels of lists and objects; serializing a document again recurses as deep. */
const maxDepth = 500

function isDeep(text: string): boolean {
  if (text.length < maxDepth * 2) return false
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at)
    if (char === 0x22) at = endOfText(text, at)
    else if ((char | 0x20) === 0x7b && ++depth > maxDepth) return true
    else if ((char | 0x20) === 0x7d) depth--
  }
  return false
}

/** Where the quotes end that begin at `from`. */
function endOfText(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const char = text.charCodeAt(at)
    if (char === 0x5c) at++
    else if (char === 0x22) return at
  }
  return text.length
}

function baseType(contentType: string): string {
  return contentType.split(';', 1)[0]!.trim().toLowerCase()
}

function invalid(what: string, reason: string): EngineError {
  return new EngineError('ManifestInvalid', `${what} is not usable: ${reason}.`)
}
