import { EngineError } from '../../errors/index.ts'
import { type Reference, repositoryName } from '../reference.ts'
import { type IdentityRule, parseIdentityRule } from './identity.ts'
import { parseStrictJson } from './strict-json.ts'

/** Where public keys come from: files, or the keys themselves. */
export interface KeySource {
  paths: string[]
  data: Buffer[]
}

/** One requirement on an image (containers-policy.json(5), "POLICY REQUIREMENTS"). All of a list must be met. */
export type Requirement =
  | { type: 'insecureAcceptAnything' }
  | { type: 'reject' }
  | { type: 'signedBy' | 'sigstoreSigned'; keys: KeySource; identity: IdentityRule }

/** Which images are accepted. */
export interface Policy {
  default: Requirement[]
  /** By transport, then scope; the scope '' is the transport's default. */
  transports: Map<string, Map<string, Requirement[]>>
}

/**
 * Reads policy.json. Nothing in it is ignored: an unknown requirement would not be enforced.
 * @throws EngineError PolicyInvalid
 */
export function parsePolicy(text: string, file: string): Policy {
  try {
    const document = object(parseStrictJson(text), 'it')
    only(document, ['default', 'transports'], 'it')
    const transports = new Map<string, Map<string, Requirement[]>>()
    for (const [transport, scopes] of Object.entries(object(document['transports'] ?? {}, 'transports'))) {
      const entries = Object.entries(object(scopes, `the transport ${transport}`))
      transports.set(transport, new Map(entries.map(([scope, list]) => [scope, requirements(list, `${transport}:${scope}`)])))
    }
    return { default: requirements(document['default'], 'default'), transports }
  } catch (error) {
    throw new EngineError('PolicyInvalid', `The signature policy ${file} cannot be used: ${(error as Error).message}.`, {
      details: { file },
      cause: error,
    })
  }
}

/** The requirements on an image: those of the closest scope that has any. */
export function requirementsFor(policy: Policy, transport: string, scopes: readonly string[]): Requirement[] {
  const byScope = policy.transports.get(transport)
  for (const scope of [...scopes, '']) {
    const found = byScope?.get(scope)
    if (found) return found
  }
  return policy.default
}

/** The scopes of an image at a registry, closest first: the image, its repository, each namespace, the host, its domains. */
export function registryScopes(reference: Reference): string[] {
  const repository = repositoryName(reference)
  const image = reference.digest ? `${repository}@${reference.digest}` : `${repository}:${reference.tag ?? 'latest'}`
  const scopes = [image]
  for (let name = repository; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('/')))) scopes.push(name)
  const host = reference.registry.replace(/:\d+$/, '')
  for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) scopes.push(`*${host.slice(dot)}`)
  return scopes
}

/** The scopes of a file or folder, closest first; `/` itself is none. */
export function pathScopes(path: string): string[] {
  const scopes: string[] = []
  for (let name = path; name.length > 1; name = name.slice(0, Math.max(0, name.lastIndexOf('/')))) scopes.push(name)
  return scopes
}

function requirements(value: unknown, where: string): Requirement[] {
  if (!Array.isArray(value) || value.length === 0) throw new Error(`${where} has no list of requirements`)
  return value.map((each) => requirement(object(each, `a requirement of ${where}`), where))
}

function requirement(value: Record<string, unknown>, where: string): Requirement {
  const { type } = value
  switch (type) {
    case 'insecureAcceptAnything':
    case 'reject':
      only(value, ['type'], where)
      return { type }
    case 'signedBy':
      only(value, ['type', 'keyType', 'keyPath', 'keyPaths', 'keyData', 'signedIdentity'], where)
      if (value['keyType'] !== 'GPGKeys') throw new Error(`${where} has a keyType other than GPGKeys`)
      return { type, keys: keySource(value, where), identity: parseIdentityRule(value['signedIdentity']) }
    case 'sigstoreSigned':
      for (const field of Object.keys(value))
        if (/^(fulcio|pki|rekor)/.test(field))
          throw new Error(`${where} demands ${field}, which is not supported: name the signers' keys`)
      only(value, ['type', 'keyPath', 'keyPaths', 'keyData', 'keyDatas', 'signedIdentity'], where)
      return { type, keys: keySource(value, where), identity: parseIdentityRule(value['signedIdentity']) }
    default:
      throw new Error(`${where} has a requirement of the unknown type ${JSON.stringify(type)}`)
  }
}

function keySource(value: Record<string, unknown>, where: string): KeySource {
  const given = ['keyPath', 'keyPaths', 'keyData', 'keyDatas'].filter((field) => value[field] !== undefined)
  const [field, ...more] = given
  if (field === undefined || more.length > 0)
    throw new Error(`${where} must name its keys in exactly one of keyPath, keyPaths and keyData`)
  const list = field.endsWith('s') ? value[field] : [value[field]]
  if (!Array.isArray(list) || list.length === 0 || !list.every((each) => typeof each === 'string' && each !== ''))
    throw new Error(`${where} has no usable ${field}`)
  const texts = list as string[]
  return field.startsWith('keyPath')
    ? { paths: texts, data: [] }
    : { paths: [], data: texts.map((text) => Buffer.from(text, 'base64')) }
}

function object(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${what} is not an object`)
  return value as Record<string, unknown>
}

function only(value: Record<string, unknown>, keys: readonly string[], where: string): void {
  const unknown = Object.keys(value).find((key) => !keys.includes(key))
  if (unknown !== undefined) throw new Error(`${where} has the unknown field ${JSON.stringify(unknown)}`)
}
