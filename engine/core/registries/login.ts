import { EngineError } from '../../errors/index.ts'
import {
  checkLogin,
  type Credentials,
  keepLogin,
  locateCredentials,
  loginPlace,
  parseCredentials,
  readRegistriesConf,
  type RegistriesConf,
  sourcesOf,
  userOf,
} from '../../registry/index.ts'
import { badValue } from '../../spec/bad-value.ts'
import type { Verb } from '../verb.ts'
import { type LoginKey, parseLoginKey } from './login-key.ts'
import { registryOptions } from './options.ts'

/**
 * Checks a login with its registry, then keeps it. Without credentials the stored ones are checked and kept. A refusal changes
 * nothing.
 */
export const login: Verb<'registry.login'> = async (_context, input, { signal }) => {
  const key = parseLoginKey(input.registry)
  const conf = await readRegistriesConf()
  const place = loginPlace(input, conf.credentialHelpers)
  if (input.credentials) {
    const credentials = parseCredentials(input.credentials)
    await check(key, conf, input, credentials, signal)
    return { File: await keepLogin(key.key, credentials, place) }
  }
  const found = await locateCredentials(key.registry, key.path, {
    helpers: conf.credentialHelpers,
    // A file that is to be created does not exist yet.
    ...(input.authfile || input.compatAuthFile ? { files: [place.file] } : {}),
    signal,
  })
  if (!found) throw notLoggedIn(key.key)
  await check(key, conf, input, found.credentials, signal)
  return { File: found.from }
}

async function check(
  { key, registry, path }: LoginKey,
  conf: RegistriesConf,
  input: {
    tlsVerify?: boolean | undefined
    certDir?: string | undefined
    retry?: number | undefined
    retryDelay?: string | undefined
  },
  credentials: Credentials,
  signal: AbortSignal | undefined,
): Promise<void> {
  // Only the registry's own configuration: mirrors and other locations have logins of their own.
  const { insecure } = sourcesOf(conf, { registry, repository: path || 'x' }, input.tlsVerify).at(-1)!
  try {
    await checkLogin(registry, insecure, registryOptions(input, { credentials, signal }))
  } catch (error) {
    if (!EngineError.is(error, 'RegistryUnauthorized')) throw error
    const { code, message, details } = badValue(
      'logging into {key}: invalid username/password',
      { key: JSON.stringify(key) },
      'RegistryUnauthorized',
    )
    throw new EngineError(code, message, { details: { ...error.details, ...details, user: userOf(credentials) }, cause: error })
  }
}

/** @returns the failure that there is no login. */
export function notLoggedIn(key: string): EngineError {
  return new EngineError('LoginNotFound', `not logged into ${key}`, { details: { registry: key } })
}
