import { EngineError } from '../../../errors/index.ts'
import { formatReference, parseReference, qualify, splitStoredName } from '../../../image/index.ts'
import type { ImageName, ImageRecord } from '../../../store/index.ts'

/** Names with a tag. */
export function tagNames(names: readonly ImageName[]): string[] {
  return names.map(({ name }) => name).filter((name) => !name.includes('@'))
}

/**
 * The digest an image is shown under: its manifest's; of one that was only ever named by a digest, that one, which may be the
 * digest of the index it came from.
 */
export function shownDigest(names: readonly ImageName[], { facts }: ImageRecord): string {
  const [first] = names
  if (!first || tagNames(names).length > 0) return facts.manifest.digest
  return facts.digests.find((digest) => first.name.endsWith(`@${digest}`)) ?? facts.manifest.digest
}

/** `repository@digest` for each repository the image has a name in and each digest it is known by. */
export function digestNames(names: readonly ImageName[], record: ImageRecord): string[] {
  const repositories = new Set(names.map(({ name }) => splitStoredName(name).repository))
  return [...repositories].flatMap((repository) => record.facts.digests.map((digest) => `${repository}@${digest}`)).toSorted()
}

/**
 * The full name for a name given to an image here: short ones are localhost's, as podman has it.
 * @throws ImageReferenceInvalid
 */
export function localName(repo: string, tag?: string): string {
  const partial = parseReference(tag ? `${repo}:${tag}` : repo)
  if (repo.includes('://'))
    throw new EngineError(
      'ImageReferenceInvalid',
      `The image name ${JSON.stringify(repo)} is not valid here: give it without ${repo.slice(0, repo.indexOf('://') + 3)}.`,
      { details: { reference: repo } },
    )
  if (partial.digest)
    throw new EngineError(
      'ImageReferenceInvalid',
      `The image name ${JSON.stringify(repo)} is not valid here: a digest cannot be given to an image.`,
      { details: { reference: repo } },
    )
  return formatReference(qualify(partial, 'localhost'))
}
