import { EngineError } from '../../../errors/index.ts'
import {
  type Descriptor,
  isArtifact,
  isForeignLayer,
  layerCompression,
  type Manifest,
  type ManifestFamily,
  manifestFamily,
  mediaTypes,
} from '../../../image/index.ts'
import type { CopyInput } from './choice.ts'
import type { Target } from './recompress.ts'

/** How one manifest is to be sent. */
export interface Plan {
  family: ManifestFamily
  /** Whether it needs another format than it has. */
  converts: boolean
  /** For each layer the compression that it gets; nothing where it stays as it is. */
  layers: (Target | undefined)[]
  /** Why the manifest will not stay as it is, or nothing when it will. */
  changes: string | undefined
}

/** The format of a manifest at the destination, and whether it was requested. @throws NotSupported */
export function chooseFamily({ format, destination }: CopyInput, mediaType: string, list: boolean): ManifestFamily {
  if (format === 'v2s1')
    throw new EngineError('NotSupported', "Docker's schema 1 is read by nobody any more and is not written: choose oci or v2s2.")
  const own = manifestFamily(mediaType) ?? 'oci'
  const { manifestTypes } = destination.traits
  const takes = (family: ManifestFamily): boolean => manifestTypes.length === 0 || manifestTypes.includes(typeOf(family, list))
  if (format) {
    const wanted = format === 'oci' ? 'oci' : 'docker'
    if (takes(wanted)) return wanted
    throw new EngineError('NotSupported', `${destination.name} does not take the format ${format}: leave it to the default.`)
  }
  if (takes(own)) return own
  return own === 'oci' ? 'docker' : 'oci'
}

export function typeOf(family: ManifestFamily, list: boolean): string {
  if (family === 'oci') return list ? mediaTypes.ociIndex : mediaTypes.ociManifest
  return list ? mediaTypes.dockerList : mediaTypes.dockerManifest
}

/** @param wanted the format; another one where zstd needs it and none was requested. @throws NotSupported, InvalidArgument */
export function planManifest(input: CopyInput, manifest: Manifest, wanted: ManifestFamily, what: string): Plan {
  const layers = isArtifact(manifest)
    ? manifest.layers.map(() => undefined)
    : manifest.layers.map((layer) => targetOf(input, layer))
  const family = withZstd(input, wanted, layers)
  const converts = manifestFamily(manifest.mediaType) !== family
  if (converts && isArtifact(manifest))
    throw new EngineError(
      'NotSupported',
      `${what} is an artifact, and ${input.destination.name} takes only ${family === 'oci' ? 'OCI' : 'Docker'} images.`,
    )
  const changes = converts
    ? `it has to be converted to ${family === 'oci' ? 'OCI' : "Docker's"} format`
    : layers.some((each) => each !== undefined)
      ? 'layers have to be recompressed'
      : undefined
  if (changes !== undefined && input.preserveDigests)
    throw new EngineError(
      'NotSupported',
      `${what} cannot be copied to ${input.destination.name} with its digests preserved: ${changes}.`,
    )
  return { family, converts, layers, changes }
}

function targetOf({ destination, compressionFormat }: CopyInput, { mediaType, annotations }: Descriptor): Target | undefined {
  const now = layerCompression(mediaType)
  if (now === undefined || isForeignLayer(mediaType)) return undefined
  const { layers } = destination.traits
  if (layers === 'decompress') return now === 'none' ? undefined : 'none'
  if (compressionFormat === 'zstd:chunked')
    return now === 'zstd' && annotations?.[chunkedMark] !== undefined ? undefined : compressionFormat
  if (compressionFormat) return now === compressionFormat ? undefined : compressionFormat
  return layers === 'compress' && now === 'none' ? 'gzip' : undefined
}

/** Where a layer's table of contents is: what has one is zstd:chunked. */
export const chunkedMark = 'io.github.containers.zstd-chunked.manifest-position'

/** Docker's format has no zstd. */
function withZstd({ format, destination }: CopyInput, wanted: ManifestFamily, layers: Plan['layers']): ManifestFamily {
  if (wanted === 'oci' || !layers.some((each) => each?.startsWith('zstd'))) return wanted
  const { manifestTypes } = destination.traits
  if (!format && (manifestTypes.length === 0 || manifestTypes.includes(mediaTypes.ociManifest))) return 'oci'
  throw new EngineError('NotSupported', `Docker's format knows no zstd: choose the format oci, or gzip.`)
}
