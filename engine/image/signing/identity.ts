import { EngineError } from '../../errors/index.ts'
import { formatReference, type Reference, repositoryName, toReference } from '../reference.ts'

/** Which name a signature must give (containers-policy.json(5), "signedIdentity"). */
export type IdentityRule =
  | { type: 'matchExact' }
  | { type: 'matchRepoDigestOrExact' }
  | { type: 'matchRepository' }
  | { type: 'exactReference'; dockerReference: string }
  | { type: 'exactRepository'; dockerRepository: string }
  | { type: 'remapIdentity'; prefix: string; signedPrefix: string }

const fields: Record<IdentityRule['type'], readonly string[]> = {
  matchExact: [],
  matchRepoDigestOrExact: [],
  matchRepository: [],
  exactReference: ['dockerReference'],
  exactRepository: ['dockerRepository'],
  remapIdentity: ['prefix', 'signedPrefix'],
}

/** @throws Error when it is no rule; the caller words the message. */
export function parseIdentityRule(value: unknown): IdentityRule {
  if (value === undefined) return { type: 'matchRepoDigestOrExact' }
  const rule = value as Record<string, unknown> | null
  const type = rule?.['type'] as IdentityRule['type']
  if (typeof rule !== 'object' || rule === null || !Object.hasOwn(fields, type))
    throw new Error('its signedIdentity is of no known type')
  for (const field of fields[type]) if (typeof rule[field] !== 'string') throw new Error(`its signedIdentity lacks ${field}`)
  const unknown = Object.keys(rule).find((key) => key !== 'type' && !fields[type].includes(key))
  if (unknown !== undefined) throw new Error(`its signedIdentity has the unknown field ${JSON.stringify(unknown)}`)
  return rule as unknown as IdentityRule
}

/**
 * Whether the name in a signature is one that the rule allows for an image.
 * @param image what the image is called where it comes from; nothing where it has no such name (folders, archives).
 */
export function identityMatches(rule: IdentityRule, signed: string, image: Reference | undefined): boolean {
  const claimed = attempt(signed)
  if (claimed === undefined) return false
  switch (rule.type) {
    case 'matchExact':
      return image !== undefined && exact(claimed, image)
    case 'matchRepoDigestOrExact':
      return image !== undefined && repoDigestOrExact(claimed, image)
    case 'matchRepository':
      return image !== undefined && repositoryName(claimed) === repositoryName(image)
    case 'exactReference': {
      const wanted = attempt(rule.dockerReference)
      return wanted !== undefined && exact(claimed, wanted)
    }
    case 'exactRepository':
      return repositoryName(claimed) === rule.dockerRepository
    case 'remapIdentity':
      return image !== undefined && isRemapped(claimed, image, rule)
  }
}

/** A full name, or nothing; a name without tag stays without. */
function attempt(text: string): Reference | undefined {
  try {
    const reference = toReference(text)
    const tagged = reference.digest !== undefined || text.slice(text.lastIndexOf('/')).includes(':')
    return tagged ? reference : { registry: reference.registry, repository: reference.repository }
  } catch (error) {
    if (EngineError.is(error, 'ImageReferenceInvalid')) return undefined
    throw error
  }
}

// A name without tag and digest is too vague to match.
function exact(claimed: Reference, image: Reference): boolean {
  if (claimed.tag === undefined && claimed.digest === undefined) return false
  return formatReference(claimed) === formatReference(image) && claimed.tag === image.tag
}

function repoDigestOrExact(claimed: Reference, image: Reference): boolean {
  return image.digest !== undefined ? repositoryName(claimed) === repositoryName(image) : exact(claimed, image)
}

function isRemapped(claimed: Reference, image: Reference, rule: { prefix: string; signedPrefix: string }): boolean {
  const { prefix, signedPrefix } = rule
  const name = repositoryName(image)
  if (name !== prefix && !name.startsWith(`${prefix}/`)) return repoDigestOrExact(claimed, image)
  // A reference without a name has no signature.
  const renamed = attempt(signedPrefix + name.slice(prefix.length))
  return (
    renamed !== undefined && repoDigestOrExact(claimed, { ...image, registry: renamed.registry, repository: renamed.repository })
  )
}
