import { askCredentialHelper } from '../../adapters/docker-credential.ts'
import type { Credentials } from './credential.ts'

/** User name that stands for an identity token in place of a password. */
const tokenUser = '<token>'

/** The login that a helper stores for a server; `undefined` if it has none. @throws CredentialHelperFailed */
export async function helperGet(name: string, server: string, signal?: AbortSignal): Promise<Credentials | undefined> {
  const response = record(await askCredentialHelper(name, 'get', server, signal))
  const { Username: username, Secret: secret } = response
  if (typeof username !== 'string' || typeof secret !== 'string' || secret === '') return undefined
  return username === tokenUser ? { identityToken: secret } : { username, password: secret }
}

/** Stores a login with a helper. @throws CredentialHelperFailed */
export async function helperStore(name: string, server: string, credentials: Credentials): Promise<void> {
  const [Username, Secret] =
    'identityToken' in credentials ? [tokenUser, credentials.identityToken] : [credentials.username, credentials.password]
  await askCredentialHelper(name, 'store', JSON.stringify({ ServerURL: server, Username, Secret }))
}

/** Removes a login from a helper; a missing one is success. @throws CredentialHelperFailed */
export async function helperErase(name: string, server: string): Promise<void> {
  await askCredentialHelper(name, 'erase', server)
}

/** The user names of a helper's logins, by server. @throws CredentialHelperFailed */
export async function helperList(name: string): Promise<Record<string, string>> {
  const response = record(await askCredentialHelper(name, 'list', ''))
  return Object.fromEntries(Object.entries(response).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}
