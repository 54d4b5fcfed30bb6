import { EngineError } from '../errors/index.ts'
import { type Digest, splitDigest, toDigest } from './digest.ts'
import { type Descriptor, limits, parseJson, toTextMap } from './manifest/manifest.ts'
import { mediaTypes } from './manifest/media-types.ts'

/** What the file `oci-layout` holds (OCI image-spec image-layout.md). */
export const layoutMarker = '{"imageLayoutVersion":"1.0.0"}'

/** The annotation that names an entry of a layout. */
export const refName = 'org.opencontainers.image.ref.name'

/** The `index.json` of a layout; everything unknown in it is kept. */
export interface LayoutIndex {
  /** All but the manifests. */
  document: Record<string, unknown>
  manifests: (Descriptor & Record<string, unknown>)[]
}

export const emptyLayoutIndex = (): LayoutIndex => ({ document: { schemaVersion: 2 }, manifests: [] })

/** Where a blob is in a layout, relative to its folder. */
export function layoutBlob(digest: Digest): string {
  const { algorithm, hex } = splitDigest(digest)
  return `blobs/${algorithm}/${hex}`
}

/** @param what names the layout in messages. @throws ManifestInvalid */
export function parseLayoutIndex(bytes: Uint8Array, what: string): LayoutIndex {
  if (bytes.byteLength > limits.manifestBytes)
    throw new EngineError('ManifestInvalid', `The index of ${what} is larger than 4 MiB.`)
  const document = parseJson(bytes, `The index of ${what}`)
  const { manifests: entries = [], ...rest } = document
  if (document['schemaVersion'] !== 2 || !Array.isArray(entries) || entries.length > 10_000)
    throw new EngineError('ManifestInvalid', `The index of ${what} is not usable: it is no list of manifests.`)
  const manifests = entries.map((entry: unknown) => {
    const { mediaType, digest, size, annotations } = (entry ?? {}) as Record<string, unknown>
    if (typeof mediaType !== 'string' || typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
      throw new EngineError('ManifestInvalid', `The index of ${what} is not usable: an entry is no descriptor.`)
    return {
      ...(entry as Record<string, unknown>),
      mediaType,
      digest: toDigest(digest, `The index of ${what}`),
      size,
      ...(annotations === undefined ? {} : { annotations: toTextMap(annotations) }),
    }
  })
  return { document: rest, manifests }
}

/**
 * The entry that `oci:PATH:NAME` means: by its name, `@N` by its place; without a name the only one.
 * @throws ImageUnknown, ImageReferenceInvalid
 */
export function chooseEntry(index: LayoutIndex, name: string, what: string): Descriptor {
  const { manifests } = index
  if (name.startsWith('@')) {
    const place = /^@\d{1,9}$/.test(name) ? Number(name.slice(1)) : undefined
    const found = place === undefined ? undefined : manifests[place]
    if (found) return found
    throw new EngineError('ImageUnknown', `${what} has no image ${name}: it holds ${manifests.length}, counted from 0.`)
  }
  if (name === '') {
    if (manifests.length === 1) return manifests[0]!
    throw new EngineError(
      'ImageUnknown',
      manifests.length === 0
        ? `${what} holds no image.`
        : `more than one image in oci, choose an image: ${what} holds ${shownNames(index)}.`,
    )
  }
  const found = manifests.find(({ annotations }) => annotations?.[refName] === name)
  if (found) return found
  throw new EngineError(
    'ImageUnknown',
    `no descriptor found for reference ${JSON.stringify(name.slice(0, 200))}: ${what} holds ${shownNames(index)}.`,
  )
}

/** The names of a layout's entries. */
export function entryNames({ manifests }: LayoutIndex): string[] {
  return manifests.flatMap(({ annotations }) => (annotations?.[refName] ? [annotations[refName]] : []))
}

function shownNames(index: LayoutIndex): string {
  const names = entryNames(index)
  if (names.length === 0) return `${index.manifests.length} images without names`
  return names.slice(0, 20).join(', ') + (names.length > 20 ? ' …' : '')
}

/** Adds an entry; one that had its name before stays, without it, as skopeo leaves it. */
export function addEntry(index: LayoutIndex, entry: Descriptor, name = ''): void {
  if (name !== '') {
    const before = index.manifests.find(({ annotations }) => annotations?.[refName] === name)
    if (before) {
      const { [refName]: _gone, ...others } = before.annotations ?? {}
      if (Object.keys(others).length > 0) before.annotations = others
      else delete before.annotations
    }
  }
  const added = name === '' ? { ...entry } : { ...entry, annotations: { ...entry.annotations, [refName]: name } }
  const same = index.manifests.findIndex(({ digest, annotations }) => digest === entry.digest && !annotations?.[refName])
  if (same >= 0) index.manifests[same] = added
  else index.manifests.push(added)
}

export function formatLayoutIndex({ document, manifests }: LayoutIndex): Buffer {
  return Buffer.from(JSON.stringify({ ...document, manifests }))
}

/** Types an OCI layout is written with. */
export const layoutManifestTypes: readonly string[] = [mediaTypes.ociManifest, mediaTypes.ociIndex]
