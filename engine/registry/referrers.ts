import { EngineError } from '../errors/index.ts'
import {
  type Descriptor,
  formatImageList,
  type ImageList,
  mediaTypes,
  parseAnyManifest,
  parseImageList,
  digestOf,
  type SourceManifest,
} from '../image/index.ts'
import type { Repository } from './client.ts'

/**
 * Stores a manifest; if it has a subject and the registry has no referrers API, adds it to the fallback list: an index under the
 * tag `sha256-HEX` (OCI distribution-spec, "Referrers Tag Schema").
 * @throws as `Repository.putManifest`
 */
export async function putWithSubject(repository: Repository, manifest: SourceManifest, tagOrDigest: string): Promise<void> {
  const { subject: recorded } = await repository.putManifest(manifest, tagOrDigest)
  if (recorded !== undefined) return
  const parsed = parseAnyManifest(manifest.bytes, manifest.mediaType, `The manifest ${manifest.digest}`)
  if (!parsed.subject) return
  const artifactType = parsed.artifactType ?? (parsed.kind === 'manifest' ? parsed.config.mediaType : undefined)
  const annotations = parsed.kind === 'manifest' ? parsed.annotations : {}
  const entry: Descriptor = {
    mediaType: parsed.mediaType,
    digest: manifest.digest,
    size: manifest.bytes.length,
    ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    ...(artifactType ? { artifactType } : {}),
  }
  await addReferrer(repository, parsed.subject.digest.replace(':', '-').slice(0, 128), entry)
}

async function addReferrer(repository: Repository, tag: string, entry: Descriptor): Promise<void> {
  const list = await readReferrers(repository, tag)
  if (list.entries.some(({ digest }) => digest === entry.digest)) return
  list.entries.push({ ...entry, platform: { architecture: '', os: '' } })
  const { bytes } = formatImageList(list, 'oci')
  await repository.putManifest({ bytes, digest: digestOf(bytes), mediaType: mediaTypes.ociIndex }, tag)
}

async function readReferrers(repository: Repository, tag: string): Promise<ImageList> {
  try {
    const { bytes, mediaType } = await repository.manifest(tag)
    return parseImageList(bytes, mediaType, `The list of referrers ${tag}`)
  } catch (error) {
    if (EngineError.is(error, 'ImageUnknown')) return { entries: [] }
    throw error
  }
}
