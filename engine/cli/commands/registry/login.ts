import { text as readAll } from 'node:stream/consumers'

import type { Engine, Output } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { promptLine, promptSecret } from '../../terminal/ask.ts'
import { command } from '../../command.ts'
import { ExitError } from '../../exit-code.ts'
import { bool, text, type Values } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { maybe, tlsVerifyInput } from '../../flags/registry-flags.ts'
import { print } from '../../output/print.ts'

const flags = {
  authfile: text('', 'path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override'),
  'cert-dir': text('', 'use certificates at the specified path to access the registry'),
  'compat-auth-file': text('', 'path of a Docker-compatible config file to update instead'),
  'get-login': bool('', 'Return the current login user for the registry'),
  password: text('p', 'Password for registry'),
  'password-stdin': bool('', 'Take the password from stdin'),
  secret: text('', 'Retrieve password from a podman secret'),
  'tls-verify': maybe('', 'Require HTTPS and verify certificates when contacting registries'),
  username: text('u', 'Username for registry'),
  verbose: bool('v', 'Write more detailed information to stdout'),
}

type LoginValues = Values<typeof flags>

export const login = command({
  summary: 'Log in to a container registry',
  description: 'Log in to a container registry on a specified server. The registry is asked before anything is kept.',
  usage: '[REGISTRY]',
  examples: [
    'berth login quay.io',
    'berth login --username ... --password-stdin quay.io',
    'berth login --authfile dir/auth.json quay.io',
  ],
  flags,
  args: { max: 1 },
  async run({ args, flags: values, engine }) {
    let given = values
    if (given['password-stdin'] && given.password !== undefined)
      throw new UsageError("Can't specify both --password-stdin and --password")
    if (given['password-stdin'] && given.username === undefined)
      throw new UsageError('Must provide --username with --password-stdin')
    const api = await engine()
    const registry = args[0] ?? (await defaultRegistry(api))
    if (given['get-login']) return showLogin(api, registry, given)
    if (given.secret !== undefined) given = { ...given, ...(await secretLogin(api, given.secret, given)) }
    const existing = given.username === undefined ? await findExisting(api, registry, given) : undefined
    if (existing === true) return
    const { username, password } = await promptCredentials(given, existing)
    const { File } = await api['registry.login']({
      ...loginInput(registry, given),
      credentials: `${username}:${password}`,
    }).catch(explain(registry))
    if (given.verbose) print(`Used:  ${File}\n`)
    print('Login Succeeded!\n')
  },
})

/** The value of a secret of the store as the password; without a user name, that of the secret, as podman has it. @throws UsageError, EngineError `SecretNotFound` */
async function secretLogin(
  api: Engine,
  name: string,
  { username, password, 'password-stdin': fromStdin }: LoginValues,
): Promise<{ username: string; password: string }> {
  if (password !== undefined || fromStdin) throw new UsageError('--secret can not be used with --password options')
  return { username: username ?? name, password: (await api['secret.inspect']({ name, showsecret: true })).SecretData ?? '' }
}

function loginInput(registry: string, given: LoginValues) {
  return {
    registry,
    authfile: given.authfile,
    certDir: given['cert-dir'],
    compatAuthFile: given['compat-auth-file'],
    ...tlsVerifyInput(given['tls-verify']),
  }
}

/** The default registry: the first that short names are looked for in. @throws UsageError */
export async function defaultRegistry(api: Engine): Promise<string> {
  const first = (await api['registry.list']({})).find(({ Search }) => Search)
  if (first) return first.Name
  throw new UsageError('no registries found in registries.conf, a registry must be provided')
}

/** Whether the stored login is valid; else its user, if any. With a password the new one is checked. */
async function findExisting(api: Engine, registry: string, given: LoginValues): Promise<true | string | undefined> {
  if (given.password !== undefined) return (await findLogin(api, registry, given))?.User
  return tryExisting(api, registry, given)
}

/** Checks the stored login. @returns true if it is valid, its user if not, `undefined` if there is none. */
async function tryExisting(api: Engine, registry: string, given: LoginValues): Promise<true | string | undefined> {
  try {
    await api['registry.login'](loginInput(registry, given))
    print(`Authenticating with existing credentials for ${registry}\n`)
    print(`Existing credentials are valid. Already logged in to ${registry.replace(/^https?:\/\//, '').split('/')[0]}\n`)
    return true
  } catch (error) {
    if (EngineError.is(error, 'LoginNotFound')) return undefined
    if (!EngineError.is(error, 'RegistryUnauthorized')) return explain(registry)(error)
    print(`Authenticating with existing credentials for ${registry}\n`)
    print('Existing credentials are invalid, please enter valid username and password\n')
    return typeof error.details['user'] === 'string' ? error.details['user'] : ''
  }
}

async function promptCredentials(given: LoginValues, usual: string | undefined): Promise<{ username: string; password: string }> {
  const username =
    given.username ?? (((await promptLine(usual ? `Username (${usual}): ` : 'Username: ')) ?? noUser()).trim() || usual)
  if (!username) throw new ExitError(125, 'getting username and password: a user name is needed')
  const password = given['password-stdin']
    ? (await readAll(process.stdin)).replace(/\r?\n$/, '')
    : (given.password ?? (await promptSecret('Password: ')) ?? '')
  if (username.includes(':')) throw new UsageError('a user name cannot hold a colon')
  return { username, password }
}

function noUser(): never {
  throw new ExitError(125, 'getting username and password: reading username: the input has ended')
}

/** A refusal is complete; other failures get a prefix with the action. */
function explain(registry: string): (error: unknown) => never {
  return (error) => {
    if (EngineError.is(error, 'RegistryUnreachable', 'RegistryCertificate', 'RegistryProtocol', 'RegistryThrottled'))
      throw new EngineError(error.code, `authenticating creds for ${JSON.stringify(registry)}: ${error.message}`, {
        details: error.details,
        cause: error,
      })
    throw error
  }
}

async function showLogin(api: Engine, registry: string, given: LoginValues): Promise<void> {
  const found = await findLogin(api, registry, given)
  if (!found) throw new EngineError('LoginNotFound', `not logged into ${registry}`, { details: { registry } })
  print(`${found.User}\n`)
}

/** The effective login of a registry or repository, without its secret. */
async function findLogin(
  api: Engine,
  registry: string,
  given: LoginValues,
): Promise<Output<'registry.list'>[number] | undefined> {
  const logins = await api['registry.list']({ authfile: given.authfile ?? given['compat-auth-file'] })
  const fits = logins.filter(({ Name, User }) => User !== undefined && (registry === Name || registry.startsWith(`${Name}/`)))
  return fits.toSorted((a, b) => b.Name.length - a.Name.length)[0]
}
