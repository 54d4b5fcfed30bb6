import {
  chainIds,
  type Digest,
  type ImageDocument,
  limits,
  type Manifest,
  parseAnyManifest,
  parseImageConfig,
  parseManifest,
} from '../../../image/index.ts'
import {
  containersOfImage,
  deleteArtifact,
  deleteImage,
  type ImageFacts,
  namesOfImage,
  putArtifact,
  replaceImage,
  type Row,
} from '../../../store/index.ts'
import { removeContainer } from '../../containers/remove.ts'
import { type CheckJob, shortId } from './job.ts'

/**
 * Rebuilds an image's record from its configuration and its manifest. Without them it is removed, unless a container uses it (with
 * `lossy` those too); so is a manifest list, since nothing else says where its images are.
 *
 * @returns what was done; `undefined` for an image that is unchanged.
 */
export async function rebuildImage(job: CheckJob, row: Row): Promise<string | undefined> {
  const { context, report } = job
  const id = String(row['id'])
  const facts = await factsFromBlobs(job, id)
  if (facts) {
    await context.database.transaction(() => replaceImage(context.database, id, facts))
    return `The record of image ${shortId(id)} was rebuilt from its blobs.`
  }
  const users = containersOfImage(context.database, id)
  if (users.length > 0 && !job.lossy) return undefined
  for (const user of users) {
    await removeContainer(context, user.id, { force: true, depend: true, ignore: true })
    report.RemovedContainers[user.id] = user.name
  }
  const names = namesOfImage(context.database, id).map(({ name }) => name)
  await context.database.transaction(() => deleteImage(context.database, id))
  report.RemovedImages[id] = names
  return `The image ${names[0] ?? shortId(id)}, of which only the damaged record was left, was removed: pull it again.`
}

async function factsFromBlobs(job: CheckJob, id: string): Promise<ImageFacts | undefined> {
  const config = `sha256:${id}` as Digest
  if (!job.blobs.has(config)) return undefined
  const document = await readDocument(job, config)
  const found = document && (await findManifest(job, id, document))
  if (!found) return undefined
  const { manifest, digest, size } = found
  const names = namesOfImage(job.context.database, id).map((name) => name.digest)
  return {
    os: document.os,
    architecture: document.architecture,
    variant: document.variant ?? '',
    labels: document.config.Labels ?? null,
    manifest: { mediaType: manifest.mediaType, digest, size },
    config: { mediaType: manifest.config.mediaType, digest: config, size: manifest.config.size },
    layers: manifest.layers.map((layer) => ({ mediaType: layer.mediaType, digest: layer.digest, size: layer.size })),
    diffIds: document.diffIds,
    chain: chainIds(document.diffIds),
    digests: [...new Set([...names, digest])],
  }
}

async function readDocument({ blobs }: CheckJob, config: Digest): Promise<ImageDocument | undefined> {
  try {
    return parseImageConfig(await blobs.read(config, limits.configBytes), 'the image')
  } catch {
    return undefined
  }
}

/** The manifest that names the configuration; among several, one that the image was pulled by. */
async function findManifest(
  { blobs, context }: CheckJob,
  id: string,
  document: ImageDocument,
): Promise<{ manifest: Manifest; digest: Digest; size: number } | undefined> {
  const named = new Set(namesOfImage(context.database, id).map(({ digest }) => digest))
  const candidates = blobs.list().filter((digest) => (blobs.size(digest) ?? Infinity) <= limits.manifestBytes)
  for (const digest of candidates.toSorted((a, b) => Number(named.has(b)) - Number(named.has(a)))) {
    try {
      const bytes = await blobs.read(digest, limits.manifestBytes)
      const manifest = parseManifest(bytes, '', 'The manifest')
      if (manifest.kind !== 'manifest' || manifest.config.digest !== `sha256:${id}`) continue
      if (manifest.layers.length === document.diffIds.length) return { manifest, digest, size: bytes.length }
    } catch {
      // Most blobs are no manifests.
    }
  }
  return undefined
}

/** Rebuilds an artifact's record from its manifest; without it the artifact is removed. @returns what was done. */
export async function rebuildArtifact({ context, blobs }: CheckJob, row: Row): Promise<string> {
  const { database } = context
  const [name, digest, added] = [String(row['name']), String(row['digest']) as Digest, String(row['added'])]
  try {
    const manifest = parseAnyManifest(await blobs.read(digest, limits.manifestBytes), '', `The artifact ${name}`)
    const parts = manifest.kind === 'manifest' ? [manifest.config, ...manifest.layers] : []
    const needed = [...new Set([digest, ...parts.map((part) => part.digest)])]
    await database.transaction(() => putArtifact(database, { name, digest, added, blobs: needed }))
    return `The record of artifact ${name} was rebuilt from its manifest.`
  } catch {
    await database.transaction(() => deleteArtifact(database, name))
    return `The artifact ${name}, of which only the damaged record was left, was removed: add or pull it again.`
  }
}
