import { EngineError } from '../../../errors/index.ts'
import {
  type Digest,
  formatReference,
  mediaTypes,
  type Reference,
  repositoryName,
  splitStoredName,
} from '../../../image/index.ts'
import { putWithSubject, readRegistriesConf, sourcesOf } from '../../../registry/index.ts'
import { allImageNames, allImages } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { warnOfDamage } from '../../damaged-records.ts'
import { attachmentTag } from '../trust/attachments.ts'
import { writeRegistrySignatures } from '../trust/registry-signatures.ts'
import type { Destination, DestinationAccess } from './access.ts'
import { openWith } from './registry-access.ts'
import { registryReference, tagOpener } from './registry-source.ts'

/** How many repositories are tried for a blob that may be mounted from there. */
const mountTries = 2

/**
 * A tag (or digest) in a registry's repository. Blobs that another repository of the registry has are mounted from there.
 * @throws ImageReferenceInvalid, RegistryBlocked; its methods throw what the registry throws
 */
export async function openRegistryDestination(context: Context, rest: string, access: DestinationAccess): Promise<Destination> {
  const reference = registryReference(rest)
  // Mirrors and other locations are for reading: as with podman, an image is pushed to the registry that its name says.
  const { insecure } = sourcesOf(await readRegistriesConf(), reference, access.tlsVerify).at(-1)!
  const place = { registry: reference.registry, repository: reference.repository, insecure }
  const repository = await openWith(context, place, access, true)
  void repository.greet()
  const elsewhere = mountable(context, reference, access.from)
  const tags = [
    reference.tag ?? reference.digest ?? 'latest',
    ...(access.additionalTags ?? []).map((each) => tagOf(each, reference)),
  ]
  return {
    name: `docker://${formatReference(reference)}`,
    reference,
    traits: {
      manifestTypes: [mediaTypes.ociManifest, mediaTypes.dockerManifest, mediaTypes.ociIndex, mediaTypes.dockerList],
      layers: 'compress',
      lists: true,
      sends: true,
      verifies: true,
    },
    async has(descriptor) {
      const found = await repository.beginBlob(descriptor, elsewhere(descriptor.digest).slice(0, mountTries))
      return found === 'mounted' ? found : found === 'exists'
    },
    existing: (digest) => existingDigest(repository, digest ?? tags[0]!),
    putBlob: (descriptor, bytes) => repository.putBlob(descriptor, bytes),
    async putManifest(manifest, top) {
      if (!top) return putWithSubject(repository, manifest, manifest.digest)
      for (const tag of tags) await putWithSubject(repository, manifest, tag)
    },
    putSignatures: (digest, signatures) =>
      writeRegistrySignatures(reference, digest, signatures, {
        openTag: tagOpener(repository),
        openDestination: () => openRegistryDestination(context, `${repositoryName(reference)}:${attachmentTag(digest)}`, access),
      }),
    async commit() {
      repository.close()
    },
    async discard() {
      await repository.cancelUploads().finally(() => repository.close())
    },
  }
}

/** The digest of a manifest, or `undefined` if it is missing or must not be queried. */
async function existingDigest(
  repository: { digest(tag: string): Promise<Digest | undefined> },
  tag: string,
): Promise<Digest | undefined> {
  try {
    return await repository.digest(tag)
  } catch (error) {
    if (EngineError.is(error, 'Cancelled')) throw error
    return undefined
  }
}

/** An additional tag: a tag, or a whole name in the same repository. */
function tagOf(text: string, { registry, repository }: Reference): string {
  if (/^[\w][\w.-]{0,127}$/.test(text)) return text
  const other = registryReference(text)
  if (other.registry === registry && other.repository === repository && other.tag) return other.tag
  throw new EngineError('NotSupported', `The additional name ${text} is not in the repository ${registry}/${repository}.`)
}

/** Repositories of the same registry that should have a blob: its source, and the names of the store's images that have it. */
function mountable(context: Context, to: Reference, from: DestinationAccess['from']): (digest: Digest) => string[] {
  const own = repositoryName(to)
  const prefix = `${to.registry}/`
  let known: Map<string, Set<string>> | undefined
  const learn = (): Map<string, Set<string>> => {
    const repositories = new Map<string, Set<string>>()
    for (const { name, image } of allImageNames(context.database)) {
      const { repository } = splitStoredName(name)
      if (!repository.startsWith(prefix) || repository === own) continue
      repositories.set(image, (repositories.get(image) ?? new Set()).add(repository.slice(prefix.length)))
    }
    const byDigest = new Map<string, Set<string>>()
    if (repositories.size === 0) return byDigest
    for (const { id, facts } of allImages(context.database, warnOfDamage(context))) {
      const named = repositories.get(id)
      if (!named) continue
      for (const { digest } of [...facts.layers, facts.config])
        byDigest.set(digest, (byDigest.get(digest) ?? new Set()).union(named))
    }
    return byDigest
  }
  return (digest) => {
    known ??= learn()
    const source = from?.()
    const near = source?.registry === to.registry && repositoryName(source) !== own
    return [...new Set([...(near ? [source.repository] : []), ...(known.get(digest) ?? [])])]
  }
}
