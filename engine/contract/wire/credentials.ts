import { EngineError } from '../../errors/index.ts'
import type { HeaderField } from '../operation.ts'

/** A secret field as its header has it: base64url of Docker's `{"username", "password"}` or `{"registrytoken"}` (its AuthConfig). */
export function encodeSecret(form: HeaderField['form'], secret: string): string {
  return form === 'login' ? encodeCredentials(secret) : encodeJson({ registrytoken: secret })
}

/**
 * The reverse of {@link encodeSecret}; `undefined` where the header holds none.
 *
 * @throws EngineError `InvalidArgument`; the message never holds the header's value.
 */
export function decodeSecret({ name, form }: HeaderField, header: string): string | undefined {
  if (form === 'login') return decodeCredentials(header, name)
  const { registrytoken } = decodeHeader(name, header)
  return typeof registrytoken === 'string' && registrytoken !== '' ? registrytoken : undefined
}

/** `user:password` as the X-Registry-Auth header has it: base64url of `{"username", "password"}` (Docker's API). */
export function encodeCredentials(credentials: string): string {
  const colon = credentials.indexOf(':')
  if (colon < 0) throw new EngineError('InvalidArgument', 'Credentials are a user name and a password with a colon between them.')
  return encodeJson({ username: credentials.slice(0, colon), password: credentials.slice(colon + 1) })
}

/**
 * The reverse of {@link encodeCredentials}. Docker's `{}` and podman's map of registries give `undefined`, as no header does.
 *
 * @throws EngineError `InvalidArgument`; the message never holds the header's value.
 */
export function decodeCredentials(header: string, name = 'X-Registry-Auth'): string | undefined {
  const { username, password } = decodeHeader(name, header)
  if (typeof username !== 'string' || typeof password !== 'string' || username === '') return undefined
  if (username.includes(':')) throw new EngineError('InvalidArgument', 'A user name at a registry cannot hold a colon.')
  return `${username}:${password}`
}

/** A login for one registry. */
export interface SentLogin {
  username: string
  password: string
}

/**
 * The logins by registry that podman's client sends from its own auth.json, base64url of `{"quay.io": {"username", "password"}}`;
 * `undefined` where there is none.
 *
 * @throws EngineError `InvalidArgument`; the message never holds the header's value.
 */
export function decodeLogins(name: string, header: string | undefined): Record<string, SentLogin> | undefined {
  if (header === undefined) return undefined
  const found = Object.entries(decodeHeader(name, header)).flatMap(([registry, login]): [string, SentLogin][] => {
    // In X-Registry-Auth it is the one login that decodeCredentials reads.
    if (name === 'X-Registry-Config' && (typeof login !== 'object' || login === null))
      throw new EngineError('InvalidArgument', `The ${name} header is not base64 of a JSON object of logins.`)
    if (typeof login !== 'object' || login === null) return []
    const { username, password } = login as Record<string, unknown>
    // Docker's clients send a registry named 0 for none.
    if (registry === '0' || typeof username !== 'string' || username === '' || typeof password !== 'string') return []
    return [[registry, { username, password }]]
  })
  return found.length > 0 ? Object.fromEntries(found) : undefined
}

function encodeJson(value: object): string {
  return btoa(Array.from(new TextEncoder().encode(JSON.stringify(value)), (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
}

function decodeHeader(name: string, header: string): Record<string, unknown> {
  if (header === '') return {}
  let value: unknown
  try {
    const binary = atob(header.replaceAll('-', '+').replaceAll('_', '/'))
    value = JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0))))
  } catch {
    throw new EngineError('InvalidArgument', `The ${name} header is not base64 of JSON.`)
  }
  if (value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value))
    throw new EngineError('InvalidArgument', `The ${name} header is not base64 of a JSON object.`)
  return value as Record<string, unknown>
}
