import { EngineError } from '../../../errors/index.ts'
import {
  type ImageList,
  isArtifact,
  layerCompression,
  limits,
  type ManifestIndex,
  parseAnyManifest,
  type SourceManifest,
} from '../../../image/index.ts'
import type { CopyInput } from './choice.ts'
import { chunkedMark } from './plan.ts'
import type { ChosenCompression } from './recompress.ts'

type Entry = ManifestIndex['manifests'][number]

/** An image of a list that is sent, as it is or once more in another compression. */
export interface ListStep {
  entry: Entry
  compression?: ChosenCompression
}

/**
 * What is sent of a list: each image, and after it one for each compression that is to be added and that no image of its platform
 * has. What has no layers of a file system (artifacts, attestations) is not added to.
 * @param entries those of the list, each once.
 * @throws NotSupported when the list would become too long; what reading a manifest throws
 */
export async function stepsFor(
  input: CopyInput,
  list: ImageList,
  entries: readonly Entry[],
  read: (entry: Entry) => Promise<SourceManifest>,
  what: string,
): Promise<ListStep[]> {
  const wanted = [...new Set(input.addCompression ?? [])]
  if (wanted.length === 0) return entries.map((entry) => ({ entry }))
  const platforms = new Map(list.entries.map(({ digest, platform }) => [digest, JSON.stringify(platform)]))
  const platformOf = ({ digest }: Entry): string => platforms.get(digest) ?? ''
  const images = new Map<Entry, Set<ChosenCompression>>()
  for (const entry of entries) {
    const has = compressionsOf(await read(entry), input.compressionFormat, what)
    if (has.size > 0) images.set(entry, has)
  }
  const byPlatform = new Map<string, Set<ChosenCompression>>()
  for (const [entry, has] of images) {
    const platform = platformOf(entry)
    byPlatform.set(platform, new Set([...(byPlatform.get(platform) ?? []), ...has]))
  }
  const steps = entries.flatMap((entry): ListStep[] => {
    const there = images.has(entry) ? byPlatform.get(platformOf(entry))! : undefined
    const missing = there ? wanted.filter((each) => !there.has(each)) : []
    for (const each of missing) there!.add(each)
    return [{ entry }, ...missing.map((compression) => ({ entry, compression }))]
  })
  if (steps.length > limits.indexEntries)
    throw new EngineError(
      'NotSupported',
      `${what} would list more than ${limits.indexEntries} images: add fewer compressions at once.`,
    )
  return steps
}

/** How an image's layers will be compressed once it has been sent. What is zstd:chunked is zstd, too. */
function compressionsOf(
  { bytes, mediaType }: SourceManifest,
  format: CopyInput['compressionFormat'],
  what: string,
): Set<ChosenCompression> {
  const manifest = parseAnyManifest(bytes, mediaType, what)
  if (manifest.kind === 'index' || isArtifact(manifest)) return new Set()
  const layers = manifest.layers.filter((layer) => layerCompression(layer.mediaType) !== undefined)
  if (layers.length === 0) return new Set()
  if (format) return new Set<ChosenCompression>(format === 'zstd:chunked' ? ['zstd', format] : [format])
  if (!layers.every((layer) => layerCompression(layer.mediaType) === 'zstd')) return new Set<ChosenCompression>(['gzip'])
  const chunked = layers.every(({ annotations }) => annotations?.[chunkedMark] !== undefined)
  return new Set<ChosenCompression>(chunked ? ['zstd', 'zstd:chunked'] : ['zstd'])
}
