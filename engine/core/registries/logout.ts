import { EngineError } from '../../errors/index.ts'
import { forgetAllLogins, forgetLogin, locateCredentials, loginPlace, readRegistriesConf } from '../../registry/index.ts'
import type { Verb } from '../verb.ts'
import { notLoggedIn } from './login.ts'
import { parseLoginKey } from './login-key.ts'

/** Removes a login where `login` stores it, or all of them. */
export const logout: Verb<'registry.logout'> = async (_context, input, { signal }) => {
  const conf = await readRegistriesConf()
  const place = loginPlace(input, conf.credentialHelpers)
  if (input.all) return forgetAllLogins(place)
  if (!input.registry) throw new EngineError('InvalidArgument', 'Give the registry to log out of, or all.')
  const { key, registry, path } = parseLoginKey(input.registry)
  if (await forgetLogin(key, place)) return
  const elsewhere = await locateCredentials(registry, path, { helpers: conf.credentialHelpers, signal }).catch(() => undefined)
  if (!elsewhere || elsewhere.from === place.file) throw notLoggedIn(key)
  throw new EngineError(
    'LoginNotFound',
    `not logged into ${key} by this tool: the login that is used for it is kept in ${elsewhere.from}; remove it there, for example with docker logout`,
    { details: { registry: key, from: elsewhere.from } },
  )
}
