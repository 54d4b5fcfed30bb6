import { EngineError } from '../../errors/index.ts'

/** `user:password` as the X-Registry-Auth header has it: base64url of `{"username", "password"}` (Docker's API). */
export function encodeCredentials(credentials: string): string {
  const colon = credentials.indexOf(':')
  if (colon < 0) throw new EngineError('InvalidArgument', 'Credentials are a user name and a password with a colon between them.')
  const json = JSON.stringify({ username: credentials.slice(0, colon), password: credentials.slice(colon + 1) })
  return btoa(Array.from(new TextEncoder().encode(json), (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
}

/**
 * The reverse of {@link encodeCredentials}. Docker's `{}` and podman's map of registries give `undefined`: the engine
 * then looks into its own files.
 *
 * @throws EngineError `InvalidArgument`; the message never holds the header's value.
 */
export function decodeCredentials(header: string): string | undefined {
  let auth: unknown
  try {
    const binary = atob(header.replaceAll('-', '+').replaceAll('_', '/'))
    auth = JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0))))
  } catch {
    throw new EngineError('InvalidArgument', 'The X-Registry-Auth header is not base64 of JSON.')
  }
  const { username, password } = (auth ?? {}) as { username?: unknown; password?: unknown }
  if (typeof username !== 'string' || typeof password !== 'string' || username === '') return undefined
  if (username.includes(':')) throw new EngineError('InvalidArgument', 'A user name at a registry cannot hold a colon.')
  return `${username}:${password}`
}
