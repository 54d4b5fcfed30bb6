import { EngineError } from '../../errors/index.ts'
import { type AuthDocument, changeAuthFile, readAuthFile } from './auth-file.ts'
import { helperErase, helperList, helperStore } from './credential-program.ts'
import type { Credentials } from './credential.ts'
import { credentialFiles, fileHelper, registryOfKey, serverOf, toCredentials, userOf } from './credentials.ts'

/** Where logins are stored. */
export interface LoginPlace {
  file: string
  /** Docker's own format: no keys with a path, and Docker Hub by its old address. */
  compat: boolean
  /** The configuration's credential helpers, in order. */
  helpers: readonly string[]
}

/** Where `login` writes and `logout` removes. @throws InvalidArgument when both kinds of file are named */
export function loginPlace(
  named: { authfile?: string | undefined; compatAuthFile?: string | undefined },
  helpers: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): LoginPlace {
  const { authfile, compatAuthFile } = named
  if (authfile && compatAuthFile)
    throw new EngineError(
      'InvalidArgument',
      'options for paths to the credential file and to the Docker-compatible credential file can not be set simultaneously',
    )
  if (compatAuthFile) return { file: compatAuthFile, compat: true, helpers }
  const byDocker = !authfile && !environment['REGISTRY_AUTH_FILE'] && Boolean(environment['DOCKER_CONFIG'])
  return { file: credentialFiles(authfile, environment)[0]!, compat: byDocker, helpers }
}

/**
 * Stores a login under `registry[/path]`, in the file or with the helper that is configured for it.
 * @returns the file or helper that has it now.
 * @throws InvalidArgument, CredentialHelperFailed
 */
export async function keepLogin(key: string, credentials: Credentials, { file, compat, helpers }: LoginPlace): Promise<string> {
  const path = key.includes('/')
  if (compat && path)
    throw new EngineError(
      'InvalidArgument',
      `Credentials cannot be recorded in Docker-compatible format with namespaced key "${key}"`,
    )
  const first = helpers.find((helper) => helper === fileHelper || !path) ?? fileHelper
  if (first !== fileHelper) {
    await helperStore(first, serverOf(key), credentials)
    return `docker-credential-${first}`
  }
  let keeper = file
  await changeAuthFile(file, async (document) => {
    const helper = path ? undefined : (document.credHelpers[key] ?? (compat ? document.credsStore : undefined))
    if (helper !== undefined) {
      await helperStore(helper, serverOf(key), credentials)
      keeper = `docker-credential-${helper}`
      // Docker's marker for a login in its store.
      if (document.credHelpers[key] === undefined) document.auths[serverOf(key)] = {}
      return
    }
    for (const old of keysOf(document, key)) delete document.auths[old]
    document.auths[compat ? serverOf(key) : key] =
      'identityToken' in credentials
        ? { identitytoken: credentials.identityToken }
        : { auth: Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64') }
  })
  return keeper
}

/** The keys that stand for the same registry: its own, and Docker's URLs. */
function keysOf(document: AuthDocument, key: string): string[] {
  return Object.keys(document.auths).filter((each) => each === key || (!key.includes('/') && registryOfKey(each) === key))
}

/**
 * Removes the login of a key where logins are stored. @returns whether there was one. @throws InvalidArgument,
 * CredentialHelperFailed
 */
export async function forgetLogin(key: string, { file, helpers }: LoginPlace): Promise<boolean> {
  let found = false
  for (const helper of helpers) {
    if (helper === fileHelper) {
      if ((await readAuthFile(file, false)) !== undefined) found = (await forgetInFile(key, file)) || found
    } else if (!key.includes('/') && serverOf(key) in (await helperList(helper))) {
      await helperErase(helper, serverOf(key))
      found = true
    }
  }
  return found
}

async function forgetInFile(key: string, file: string): Promise<boolean> {
  let found = false
  await changeAuthFile(file, async (document) => {
    const keys = keysOf(document, key)
    for (const each of keys) delete document.auths[each]
    const helper = document.credHelpers[key] ?? (keys.length > 0 ? document.credsStore : undefined)
    if (helper !== undefined && !key.includes('/')) await helperErase(helper, serverOf(key))
    found = keys.length > 0 || document.credHelpers[key] !== undefined
  })
  return found
}

/** Removes all logins where they are stored, also from helpers. */
export async function forgetAllLogins({ file, helpers }: LoginPlace): Promise<void> {
  for (const helper of helpers.filter((each) => each !== fileHelper)) {
    for (const server of Object.keys(await helperList(helper))) await helperErase(helper, server)
  }
  if (!helpers.includes(fileHelper)) return
  await changeAuthFile(file, async (document) => {
    for (const [server, helper] of Object.entries(document.credHelpers)) await helperErase(helper, serverOf(server))
    if (document.credsStore !== undefined)
      for (const server of Object.keys(document.auths)) await helperErase(document.credsStore, server)
    document.auths = {}
    document.credHelpers = {}
  })
}

/** A stored login, without its secret. */
export interface KeptLogin {
  /** `registry[/path]`. */
  key: string
  user: string
  from: string
  /** Whether {@link forgetLogin} finds it. */
  removable: boolean
}

/**
 * All readable logins, most important first, each key once. Unreadable files are skipped.
 * @param named whether the files were named explicitly: an unreadable one is an error then.
 * @throws InvalidArgument
 */
export async function listLogins(place: LoginPlace, files: readonly string[], named = false): Promise<KeptLogin[]> {
  const found = new Map<string, KeptLogin>()
  const add = (login: KeptLogin): void => {
    if (!found.has(login.key)) found.set(login.key, login)
  }
  for (const helper of place.helpers) {
    if (helper === fileHelper)
      for (const file of new Set([place.file, ...files])) await addFile(file, file === place.file, named, add)
    else await addHelper(helper, undefined, true, add)
  }
  return [...found.values()]
}

async function addFile(file: string, removable: boolean, named: boolean, add: (login: KeptLogin) => void): Promise<void> {
  const document = await readAuthFile(file, false).catch((error: unknown) => {
    if (named) throw error
    return undefined
  })
  if (!document) return
  const byHelper = new Map<string, Set<string>>()
  for (const [server, helper] of Object.entries(document.credHelpers))
    byHelper.set(helper, (byHelper.get(helper) ?? new Set()).add(server))
  for (const [helper, servers] of byHelper) await addHelper(helper, servers, removable, add)
  for (const [key, entry] of Object.entries(document.auths)) {
    const credentials = toCredentials(entry)
    if (credentials) add({ key: registryOfKey(key), user: userOf(credentials), from: file, removable })
  }
  if (document.credsStore !== undefined) await addHelper(document.credsStore, undefined, removable, add)
}

async function addHelper(
  helper: string,
  servers: ReadonlySet<string> | undefined,
  removable: boolean,
  add: (login: KeptLogin) => void,
): Promise<void> {
  const kept = await helperList(helper).catch(() => ({}))
  for (const [server, user] of Object.entries(kept)) {
    const key = registryOfKey(server)
    if (!servers || servers.has(key)) add({ key, user, from: `docker-credential-${helper}`, removable })
  }
}
