import { EngineError } from '../../../errors/index.ts'
import { formatReference, parseReference, qualify, splitStoredName } from '../../../image/index.ts'
import {
  allImageNames,
  allImages,
  type Database,
  imageById,
  imageName,
  imageNamesEnding,
  type ImageRecord,
  imagesByPrefix,
} from '../../../store/index.ts'
import { candidateNames } from './short-names.ts'

export interface FoundImage {
  record: ImageRecord
  /** The full name it was found by; `undefined` if it was found by its id. */
  name?: string
  /** `name` differs from the reference: it has the same digest. */
  byDigest?: boolean
}

/**
 * Finds an image as podman does: by full name; a short name as its alias, localhost's, that of the registries that are searched, in
 * their order (images/short-names.ts), or that of any registry; by digest; by id or a unique beginning of it, with or without `sha256:`.
 * @throws ImageNotFound, NameAmbiguous
 */
export function findImage(database: Database, nameOrId: string): FoundImage {
  const found = lookUpImage(database, nameOrId)
  if (found) return found
  throw new EngineError('ImageNotFound', `${nameOrId}: image not known`, { details: { name: nameOrId } })
}

/** As {@link findImage}; nothing when there is none. @throws NameAmbiguous */
export function lookUpImage(database: Database, nameOrId: string): FoundImage | undefined {
  const id = nameOrId.replace(/^sha256:/, '')
  const exact = /^[0-9a-f]{64}$/.test(id) ? imageById(database, id) : undefined
  if (exact) return { record: exact }
  const byName = findByName(database, nameOrId)
  if (byName) return byName
  if (!/^[0-9a-f]{1,64}$/.test(id)) return undefined
  const [first, second] = imagesByPrefix(database, id)
  if (first && second) {
    throw new EngineError(
      'NameAmbiguous',
      `${nameOrId}: the beginning of an image id fits more than one image; give more of it`,
      { details: { name: nameOrId } },
    )
  }
  return first ? { record: first } : undefined
}

function findByName(database: Database, text: string): FoundImage | undefined {
  let partial
  try {
    partial = parseReference(text)
  } catch (error) {
    // An id, or an invalid name.
    if (EngineError.is(error, 'ImageReferenceInvalid')) return undefined
    throw error
  }
  const names =
    partial.registry === undefined ? candidateNames(database, partial) : [formatReference(qualify(partial, partial.registry))]
  for (const name of names) {
    const found = imageName(database, name)
    const record = found && imageById(database, found.image)
    if (record) return { record, name }
  }
  if (partial.digest)
    return findByDigest(
      database,
      names.map((name) => splitStoredName(name).repository),
      partial.digest,
      partial.registry === undefined ? partial.repository : undefined,
    )
  return partial.registry === undefined ? findBySuffix(database, `/${partial.repository}:${partial.tag ?? 'latest'}`) : undefined
}

function findBySuffix(database: Database, suffix: string): FoundImage | undefined {
  const [found] = imageNamesEnding(database, suffix)
  const record = found && imageById(database, found.image)
  return record && found ? { record, name: found.name } : undefined
}

/** An image of that digest which has any name in the repository. */
function findByDigest(
  database: Database,
  repositories: string[],
  digest: string,
  short: string | undefined,
): FoundImage | undefined {
  const named = allImageNames(database)
  // A damaged record has no known digests.
  for (const record of allImages(database, () => {})) {
    if (!record.facts.digests.includes(digest)) continue
    const match = named.find(({ name, image }) => {
      const { repository } = splitStoredName(name)
      return (
        image === record.id && (repositories.includes(repository) || (short !== undefined && repository.endsWith(`/${short}`)))
      )
    })
    if (match) return { record, name: match.name, byDigest: true }
  }
  return undefined
}
