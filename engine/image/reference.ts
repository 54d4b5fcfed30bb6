import { EngineError } from '../errors/index.ts'
import { type Digest, isDigest } from './digest.ts'

/** A fully qualified image name (distribution's reference grammar): where it is, and which one is meant. */
export interface Reference {
  /** `docker.io`, `localhost`, `registry.example:5000`. */
  registry: string
  /** `library/busybox`. */
  repository: string
  tag?: string
  digest?: Digest
}

/** A name as typed: without a registry it is a short name, to be looked up. */
export type PartialReference = Omit<Reference, 'registry'> & { registry?: string }

const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
const domain =
  /^(?:\[[0-9a-fA-F:]+\]|(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*)(?::[0-9]{1,5})?$/
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/

/** Whether a text can be a tag. */
export const isTag = (text: string): boolean => tagPattern.test(text)

/**
 * Reads an image name: `[registry/]repository[:tag][@digest]`, with an optional `docker://` in front.
 * A first part with a dot, a colon or the name `localhost` is a registry.
 * @throws ImageReferenceInvalid
 */
export function parseReference(text: string): PartialReference {
  let rest = text.startsWith('docker://') ? text.slice('docker://'.length) : text
  const other =
    /^([a-z-]+):\/\//.exec(rest) ?? /^(oci|oci-archive|dir|docker-archive|docker-daemon|containers-storage):/.exec(rest)
  if (other) throw invalid(text, `the transport ${other[1]} is not supported here; give a registry's image`)
  let digest: Digest | undefined
  const at = rest.indexOf('@')
  if (at >= 0) {
    const found = rest.slice(at + 1)
    if (!isDigest(found)) throw invalid(text, 'what follows @ must be a digest such as sha256: and 64 hexadecimal digits')
    digest = found
    rest = rest.slice(0, at)
  }
  let tag: string | undefined
  const colon = rest.lastIndexOf(':')
  if (colon > rest.lastIndexOf('/')) {
    tag = rest.slice(colon + 1)
    rest = rest.slice(0, colon)
    if (!tagPattern.test(tag)) throw invalid(text, 'a tag is up to 128 letters, digits, dots, dashes and underscores')
  }
  const { registry, repository } = splitRegistry(rest)
  if (registry !== undefined && !domain.test(registry)) throw invalid(text, `${JSON.stringify(registry)} is no registry`)
  if (rest.length > 255) throw invalid(text, 'it is longer than 255 characters')
  if (repository === '') throw invalid(text, 'it has no repository')
  if (repository !== repository.toLowerCase()) throw invalid(text, 'repository names must be lower case')
  if (/^[0-9a-f]{64}$/.test(repository) && registry === undefined)
    throw invalid(text, '64 hexadecimal digits are an image id, not a name')
  if (!repository.split('/').every((part) => component.test(part)))
    throw invalid(text, 'repository names are lower-case letters and digits, with single dots, dashes and underscores inside')
  return {
    ...(registry !== undefined ? { registry } : {}),
    repository,
    ...(tag !== undefined ? { tag } : {}),
    ...(digest ? { digest } : {}),
  }
}

function splitRegistry(name: string): { registry?: string; repository: string } {
  const slash = name.indexOf('/')
  const first = slash < 0 ? '' : name.slice(0, slash)
  if (slash < 0 || !(/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase())) return { repository: name }
  return { registry: first, repository: name.slice(slash + 1) }
}

/** A name on a given registry; Docker Hub's official images live under `library/`. */
export function qualify(partial: PartialReference, registry: string): Reference {
  const home = partial.registry ?? registry
  const hub = home === 'docker.io' || home === 'index.docker.io' || home === 'registry-1.docker.io'
  const repository = hub && !partial.repository.includes('/') ? `library/${partial.repository}` : partial.repository
  return { ...partial, registry: hub ? 'docker.io' : home, repository }
}

/**
 * A fully qualified name with a tag: `latest` where neither tag nor digest is given.
 * @throws ImageReferenceInvalid when it has no registry.
 */
export function toReference(text: string): Reference {
  const partial = parseReference(text)
  if (partial.registry === undefined) throw invalid(text, 'it has no registry')
  return withDefaultTag(qualify(partial, partial.registry))
}

/** Adds the tag `latest` where neither tag nor digest is given. */
export function withDefaultTag(reference: Reference): Reference {
  return reference.tag === undefined && reference.digest === undefined ? { ...reference, tag: 'latest' } : reference
}

/** `registry/repository`. */
export function repositoryName(reference: Reference): string {
  return `${reference.registry}/${reference.repository}`
}

/** The name images are stored under. With a digest the tag is left out, as podman does. */
export function formatReference(reference: Reference): string {
  if (reference.digest) return `${repositoryName(reference)}@${reference.digest}`
  return `${repositoryName(reference)}:${reference.tag ?? 'latest'}`
}

/** Splits a stored name (which is known to be well-formed). */
export function splitStoredName(name: string): { repository: string; tag?: string; digest?: string } {
  const at = name.indexOf('@')
  if (at >= 0) return { repository: name.slice(0, at), digest: name.slice(at + 1) }
  const colon = name.lastIndexOf(':')
  return { repository: name.slice(0, colon), tag: name.slice(colon + 1) }
}

function invalid(text: string, reason: string): EngineError {
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text
  return new EngineError('ImageReferenceInvalid', `The image name ${JSON.stringify(shown)} is not valid: ${reason}.`, {
    details: { reference: shown },
  })
}
