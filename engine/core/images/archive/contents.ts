import { EngineError } from '../../../errors/index.ts'
import {
  type ArchiveFile,
  type Descriptor,
  dockerArchiveSource,
  entryName,
  formatReference,
  type ImageSource,
  isOciArchive,
  ociArchiveSource,
  parseReference,
  qualify,
  readDockerArchive,
  readOciArchive,
} from '../../../image/index.ts'
import { badValue } from '../../../spec/bad-value.ts'
import { fastInflate } from './plain.ts'

/** An image in an archive. */
export interface ArchivedImage {
  /** Full names; none when it is untagged. */
  names: string[]
  open(): Promise<ImageSource>
}

/**
 * The images in an archive of either kind. What docker since 25 writes is both: then it is read as an OCI layout, as podman does,
 * and named as both say.
 * @throws ArchiveInvalid, ManifestInvalid, ImageReferenceInvalid
 */
export function archivedImages(file: ArchiveFile): ArchivedImage[] {
  if (isOciArchive(file)) return ociImages(file)
  if (file.find('manifest.json') || file.find('repositories')) return dockerImages(file)
  throw notAnArchive(
    file.name,
    'it has neither the index.json and oci-layout of an oci-archive nor the manifest.json of a docker-archive',
  )
}

/** Podman's message for anything else. */
export function notAnArchive(name: string, reason: string, cause?: unknown): EngineError {
  const { code, message, details } = badValue(
    'payload does not match any of the supported image formats: {archive}: {reason}',
    { archive: name, reason },
    'ArchiveInvalid',
  )
  return new EngineError(code, message, { details, cause })
}

function dockerImages(file: ArchiveFile): ArchivedImage[] {
  return readDockerArchive(file).map((image) => {
    const names = unique(image.tags.map((tag) => fullName(tag, 'docker.io')))
    const name = `docker-archive:${file.name}${names[0] ? `:${names[0]}` : ''}`
    return { names, open: () => dockerArchiveSource(file, image, { name, ...fastInflate() }) }
  })
}

function ociImages(file: ArchiveFile): ArchivedImage[] {
  const tags = file.find('manifest.json') ? dockerTags(file) : new Map<string, string[]>()
  const byDigest = new Map<string, { entry: Descriptor; names: string[] }>()
  for (const entry of readOciArchive(file).manifests) {
    const found = byDigest.get(entry.digest) ?? { entry, names: [] }
    byDigest.set(entry.digest, found)
    const name = entryName(entry)
    if (name !== undefined) found.names.push(fullName(name, 'localhost'))
  }
  return Array.from(byDigest.values(), ({ entry, names: own }): ArchivedImage => {
    const allNames = once(() => unique([...own, ...(tags.size > 0 ? (tags.get(configOf(file, entry)) ?? []) : [])]))
    return {
      // Only when the image is read: all of ten thousand entries may be links to one large file.
      get names() {
        return allNames()
      },
      open: async () => ociArchiveSource(file, entry, `oci-archive:${file.name}${allNames()[0] ? `:${allNames()[0]}` : ''}`),
    }
  })
}

/** Names that docker's manifest.json gives, by the digest of the config. */
function dockerTags(file: ArchiveFile): Map<string, string[]> {
  const tags = new Map<string, string[]>()
  for (const { config, tags: written } of readDockerArchive(file)) {
    const match = /^blobs\/(sha256|sha512)\/([0-9a-f]+)$/.exec(config)
    if (match)
      tags.set(
        `${match[1]}:${match[2]}`,
        written.map((tag) => fullName(tag, 'docker.io')),
      )
  }
  return tags
}

/** The config's digest, where the entry is a manifest that can be read; it is only used to find names. */
function configOf(file: ArchiveFile, { digest }: Descriptor): string {
  try {
    const bytes = file.read(`blobs/${digest.replace(':', '/')}`, 4 * 1024 * 1024)
    return String((JSON.parse(bytes.toString('utf8')) as { config?: { digest?: unknown } }).config?.digest)
  } catch {
    return ''
  }
}

function fullName(text: string, registry: string): string {
  return formatReference(qualify(parseReference(text), registry))
}

function once<T>(work: () => T): () => T {
  let done: { value: T } | undefined
  return () => (done ??= { value: work() }).value
}

const unique = (names: string[]): string[] => [...new Set(names)]
