import { EngineError } from '../../errors/index.ts'
import { isImageName } from '../../contract/image-name.ts'

/** A full name as Docker shows it: its hub's registry and `library/` are left out. */
export function familiar(name: string): string {
  return name.replace(/^docker\.io\/(?:library\/)?/, '')
}

/** A name as Docker means it: without a registry it is its hub's. An image id stays what it is. */
export function fullName(name: string): string {
  const slash = name.indexOf('/')
  const first = slash < 0 ? '' : name.slice(0, slash)
  if (/[.:]/.test(first) || first === 'localhost') return name
  return slash < 0 ? `docker.io/library/${name}` : `docker.io/${name}`
}

/** `repository` with a tag or a digest; a name that has its own keeps it. */
export function withTag(repository: string, tag: string | undefined): string {
  if (tag === undefined || tag === '') return repository
  return tag.includes(':') ? `${repository}@${tag}` : `${repository}:${tag}`
}

/** Whether a name says which image of a repository it means. */
export function hasTag(name: string): boolean {
  return name.includes('@') || name.lastIndexOf(':') > name.lastIndexOf('/')
}

/** The tag of a name, or `latest`. */
export function tagOf(name: string): string {
  const colon = name.lastIndexOf(':')
  return colon > name.lastIndexOf('/') ? name.slice(colon + 1) : 'latest'
}

export const withAlgorithm = (id: string): string => (id === '' || id.startsWith('<') ? id : `sha256:${id}`)

/**
 * Libpod completes a name before it looks for anything, and fails where that cannot be done.
 *
 * @throws EngineError `ImageReferenceInvalid`.
 */
export function checkName(name: string): void {
  if (isImageName(name)) return
  throw new EngineError('ImageReferenceInvalid', `The image name ${JSON.stringify(name)} is not valid: names are lower case.`, {
    details: { name },
  })
}
