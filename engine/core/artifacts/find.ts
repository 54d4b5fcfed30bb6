import { EngineError } from '../../errors/index.ts'
import { type Digest, limits, type Manifest, parseAnyManifest, parseReference } from '../../image/index.ts'
import { artifactByName, type ArtifactRecord, artifactsByDigest } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { warnOfDamage } from '../damaged-records.ts'
import { imageBlobs } from '../images/store/image-store.ts'

/**
 * Finds an artifact by name, with the tag `latest` where it has none, or by its digest or the beginning of it.
 * @throws ImageNotFound
 */
export function findArtifact(context: Context, nameOrDigest: string): ArtifactRecord {
  const found = lookUpArtifact(context, nameOrDigest)
  if (found) return found
  throw new EngineError('ImageNotFound', `no artifact found with name or digest of ${nameOrDigest}`, {
    details: { name: nameOrDigest },
  })
}

/** As {@link findArtifact}; nothing when there is none. */
function lookUpArtifact(context: Context, nameOrDigest: string): ArtifactRecord | undefined {
  const { database } = context
  const byName = artifactByName(database, nameOrDigest) ?? artifactByName(database, `${nameOrDigest}:latest`)
  if (byName) return byName
  const digest = nameOrDigest.replace(/^sha256:/, '')
  return /^[0-9a-f]{1,64}$/.test(digest) ? artifactsByDigest(database, digest, warnOfDamage(context))[0] : undefined
}

/** The name an artifact is kept under: as it was given, with a tag. @throws ImageReferenceInvalid */
export function artifactName(text: string): string {
  const { tag, digest } = parseReference(text)
  const name = text.replace(/^docker:\/\//, '')
  return tag === undefined && digest === undefined ? `${name}:latest` : name
}

/** The manifest of an artifact in the store. @throws StoreCorrupt, ManifestInvalid */
export async function readArtifact(
  context: Context,
  { name, digest }: ArtifactRecord,
): Promise<{ bytes: Buffer; manifest: Manifest }> {
  const bytes = await imageBlobs(context).read(digest as Digest, limits.manifestBytes)
  const manifest = parseAnyManifest(bytes, '', `The artifact ${name}`)
  if (manifest.kind === 'manifest') return { bytes, manifest }
  throw new EngineError('ManifestInvalid', `The artifact ${name} is not usable: it is an index.`)
}
