import { EngineError } from '../../errors/index.ts'
import type { Digest } from '../digest.ts'
import { goMap, goMarshal } from './go-marshal.ts'
import { type Descriptor, limits, parseAnyManifest, parseJson } from './manifest.ts'
import { mediaTypes } from './media-types.ts'

/** The platform of a list's image; empty where not given. */
export interface ListPlatform {
  architecture: string
  os: string
  osVersion?: string
  osFeatures?: string[]
  variant?: string
  /** Of the processor; only Docker's format has them. */
  features?: string[]
}

/** One image, or artifact, of a list. */
export interface ListEntry extends Descriptor {
  platform: ListPlatform
}

/** An index or manifest list under construction. */
export interface ImageList {
  entries: ListEntry[]
  artifactType?: string
  subject?: Descriptor
  annotations?: Record<string, string>
}

type Format = 'oci' | 'docker'

/** Reads a list. @throws ManifestInvalid, also when it is a single image. */
export function parseImageList(bytes: Uint8Array, mediaType: string, what: string): ImageList {
  const parsed = parseAnyManifest(bytes, mediaType, what)
  if (parsed.kind !== 'index')
    throw new EngineError('ManifestInvalid', `${what} is not usable: it is a single image and not a list.`)
  const document = parseJson(bytes, what)
  const annotations = textMap(document['annotations'])
  const raw = (document['manifests'] ?? []) as Record<string, unknown>[]
  return {
    entries: parsed.manifests.map((entry, i) => ({ ...entry, platform: toPlatform(raw[i]?.['platform']) })),
    ...(parsed.artifactType === undefined ? {} : { artifactType: parsed.artifactType }),
    ...(parsed.subject === undefined ? {} : { subject: parsed.subject }),
    ...(annotations ? { annotations } : {}),
  }
}

/**
 * Writes a list as podman does, so that equal lists have equal digests: an OCI index if anything needs one, Docker's manifest
 * list if only that can say all, or if it is empty.
 */
export function formatImageList(list: ImageList, format: Format = bestFormat(list)): { bytes: Buffer; mediaType: string } {
  const mediaType = format === 'oci' ? mediaTypes.ociIndex : mediaTypes.dockerList
  // Go writes a list that was never filled as null.
  const manifests = list.entries.length === 0 ? null : list.entries.map(format === 'oci' ? ociEntry : dockerEntry)
  const head = { schemaVersion: 2, mediaType }
  const document =
    format === 'docker'
      ? { ...head, manifests }
      : {
          ...head,
          artifactType: list.artifactType,
          manifests,
          subject: list.subject && ociDescriptor(list.subject),
          annotations: goMap(list.annotations),
        }
  return { bytes: Buffer.from(goMarshal(document)), mediaType }
}

function bestFormat({ entries, artifactType, subject, annotations }: ImageList): Format {
  if (artifactType || subject || goMap(annotations)) return 'oci'
  if (entries.some((entry) => entry.artifactType || goMap(entry.annotations) || entry.data)) return 'oci'
  if (entries.some(({ platform }) => platform.features?.length)) return 'docker'
  return entries.length > 0 ? 'oci' : 'docker'
}

/** A descriptor with its fields in the order of OCI's image-spec. */
export function ociDescriptor(
  { mediaType, digest, size, urls, annotations, data, artifactType }: Descriptor,
  platform?: object,
): object {
  return { mediaType, digest, size, urls: some(urls), annotations: goMap(annotations), data, platform, artifactType }
}

function ociEntry(entry: ListEntry): object {
  const { features: _, ...platform } = dockerPlatform(entry.platform)
  const said = Object.values(platform).some((each) => each !== '' && each !== undefined)
  return ociDescriptor(entry, said ? platform : undefined)
}

function dockerEntry({ mediaType, size, digest, urls, platform }: ListEntry): object {
  return { mediaType, size, digest, urls: some(urls), platform: dockerPlatform(platform) }
}

function dockerPlatform({ architecture, os, osVersion, osFeatures, variant, features }: ListPlatform) {
  return {
    architecture,
    os,
    'os.version': osVersion || undefined,
    'os.features': some(osFeatures),
    variant: variant || undefined,
    features: some(features),
  }
}

const some = <T>(values: readonly T[] | undefined): readonly T[] | undefined => (values?.length ? values : undefined)

/** An entry, or the subject, as `manifest inspect` shows it. */
interface EntryDescription {
  mediaType: string
  size: number
  digest: string
  platform: Record<string, unknown>
  [more: string]: unknown
}

interface ListDescription {
  schemaVersion: number
  mediaType: string
  manifests: EntryDescription[] | null
  annotations?: Record<string, string>
  [more: string]: unknown
}

/**
 * A list as `manifest inspect` shows it.
 * @param files of entries that were made from files, by digest.
 */
export function describeImageList(
  bytes: Uint8Array,
  mediaType: string,
  what: string,
  files: Readonly<Record<string, string[]>> = {},
): ListDescription {
  const list = parseImageList(bytes, mediaType, what)
  const shown = (
    { mediaType: type, size, digest, urls, annotations, artifactType, data }: Descriptor,
    platform: Record<string, unknown>,
  ): EntryDescription => ({
    mediaType: type,
    size,
    digest,
    ...(some(urls) ? { urls } : {}),
    platform,
    ...(annotations && Object.keys(annotations).length > 0 ? { annotations } : {}),
    ...(artifactType ? { artifactType } : {}),
    ...(data ? { data } : {}),
    ...(files[digest] ? { files: files[digest] } : {}),
  })
  return {
    schemaVersion: 2,
    mediaType,
    ...(list.artifactType ? { artifactType: list.artifactType } : {}),
    manifests:
      list.entries.length === 0
        ? null
        : list.entries.map((entry) =>
            shown(entry, JSON.parse(goMarshal(dockerPlatform(entry.platform))) as Record<string, unknown>),
          ),
    ...(list.subject ? { subject: shown(list.subject, { architecture: '', os: '' }) } : {}),
    ...(list.annotations ? { annotations: list.annotations } : {}),
  }
}

/** Adds an entry at the end, in the place of one of the same digest. @throws ManifestInvalid for too many. */
export function addListEntry(list: ImageList, entry: ListEntry): void {
  list.entries = [...list.entries.filter(({ digest }) => digest !== entry.digest), entry]
  if (list.entries.length > limits.indexEntries)
    throw new EngineError('ManifestInvalid', `A manifest list holds at most ${limits.indexEntries} images.`)
}

/** The entry of a digest, to be changed. @throws ImageNotFound */
export function listEntry(list: ImageList, digest: string): ListEntry {
  const found = list.entries.find((entry) => entry.digest === digest)
  if (found) return found
  throw new EngineError(
    'ImageNotFound',
    `no image instance matching the digest ${JSON.stringify(digest)} was found in the list or index`,
    { details: { digest } },
  )
}

/** Removes the entry of a digest. @throws ImageNotFound */
export function removeListEntry(list: ImageList, digest: Digest): void {
  if (!list.entries.some((entry) => entry.digest === digest))
    throw new EngineError('ImageNotFound', `no instance matching digest ${JSON.stringify(digest)} found in manifest list`, {
      details: { digest },
    })
  list.entries = list.entries.filter((entry) => entry.digest !== digest)
}

function toPlatform(value: unknown): ListPlatform {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '')
  const texts = (name: string): string[] =>
    Array.isArray(fields[name]) ? fields[name].filter((each): each is string => typeof each === 'string') : []
  return {
    architecture: text('architecture'),
    os: text('os'),
    ...(text('os.version') ? { osVersion: text('os.version') } : {}),
    ...(texts('os.features').length > 0 ? { osFeatures: texts('os.features') } : {}),
    ...(text('variant') ? { variant: text('variant') } : {}),
    ...(texts('features').length > 0 ? { features: texts('features') } : {}),
  }
}

function textMap(value: unknown): Record<string, string> | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const entries = Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}
