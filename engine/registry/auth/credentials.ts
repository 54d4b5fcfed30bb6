import { join } from 'node:path'

import { EngineError } from '../../errors/index.ts'
import { identity } from '../../lib/process/identity.ts'
import type { Credentials } from './credential.ts'
import { type AuthDocument, type AuthEntry, readAuthFile } from './auth-file.ts'
import { helperGet } from './credential-program.ts'
import { readRegistriesConf } from '../config/registries-conf.ts'

/** `user:password` as `--creds` and X-Registry-Auth give it. @throws InvalidArgument, without repeating it. */
export function parseCredentials(text: string): Credentials {
  const colon = text.indexOf(':')
  if (colon < 1) throw new EngineError('InvalidArgument', 'Credentials are given as USER:PASSWORD.')
  return { username: text.slice(0, colon), password: text.slice(colon + 1) }
}

/** The user name; empty with an identity token. */
export function userOf(credentials: Credentials): string {
  return 'username' in credentials ? credentials.username : '<token>'
}

/** The helper that stands for the files among a configuration's credential helpers. */
export const fileHelper = 'containers-auth.json'

/** The files credentials are looked for in, most important first (containers-auth.json(5)). */
export function credentialFiles(authfile?: string, environment: NodeJS.ProcessEnv = process.env): string[] {
  const named = authfile || environment['REGISTRY_AUTH_FILE']
  if (named) return [named]
  if (environment['DOCKER_CONFIG']) return [join(environment['DOCKER_CONFIG'], 'config.json')]
  const { home, realUid } = identity()
  const runtime = environment['XDG_RUNTIME_DIR']
  return [
    runtime ? join(runtime, 'containers/auth.json') : `/run/containers/${realUid}/auth.json`,
    join(environment['XDG_CONFIG_HOME'] || join(home, '.config'), 'containers/auth.json'),
    join(home, '.docker/config.json'),
    join(home, '.dockercfg'),
  ]
}

export interface CredentialSearch {
  /** An explicitly named file; no other one is read then. */
  authfile?: string | undefined
  files?: readonly string[]
  /** Credential helpers in order; by default the configuration's. */
  helpers?: readonly string[]
  signal?: AbortSignal | undefined
}

export interface FoundCredentials {
  credentials: Credentials
  /** The file or helper that stores them. */
  from: string
}

/**
 * The credentials for an image: those of the longest matching `registry/path` first, then the registry's, by file in order.
 * @throws InvalidArgument when a file was named and cannot be read, CredentialHelperFailed
 */
export async function findCredentials(
  registry: string,
  repository: string,
  search: CredentialSearch = {},
): Promise<Credentials | undefined> {
  return (await locateCredentials(registry, repository, search))?.credentials
}

/** As {@link findCredentials}, with the file or helper that stores them. */
export async function locateCredentials(
  registry: string,
  repository: string,
  { authfile, files = credentialFiles(authfile), helpers, signal }: CredentialSearch = {},
): Promise<FoundCredentials | undefined> {
  let failure: unknown
  for (const helper of helpers ?? (await readRegistriesConf()).credentialHelpers) {
    try {
      const found =
        helper === fileHelper
          ? await searchFiles(registry, repository, files, authfile !== undefined, signal)
          : await runHelper(helper, registry, signal)
      if (found) return found
    } catch (error) {
      // Another one may have it.
      failure ??= error
    }
  }
  if (failure !== undefined) throw failure
  return undefined
}

async function searchFiles(
  registry: string,
  repository: string,
  files: readonly string[],
  named: boolean,
  signal: AbortSignal | undefined,
): Promise<FoundCredentials | undefined> {
  for (const file of files) {
    const document = await readAuthFile(file, named)
    if (!document) continue
    const own = document.credHelpers[registry]
    const kept = own === undefined ? undefined : await runHelper(own, registry, signal)
    if (kept) return kept
    const credentials = matchAuth(document, registry, repository)
    if (credentials) return { credentials, from: file }
    const store = document.credsStore === undefined ? undefined : await queryStore(document.credsStore, registry, signal)
    if (store) return store
  }
  return undefined
}

async function runHelper(helper: string, registry: string, signal?: AbortSignal): Promise<FoundCredentials | undefined> {
  const credentials = await helperGet(helper, serverOf(registry), signal)
  return credentials && { credentials, from: `docker-credential-${helper}` }
}

/** A configured Docker Desktop store that is not installed must not fail. */
async function queryStore(helper: string, registry: string, signal?: AbortSignal): Promise<FoundCredentials | undefined> {
  try {
    return await runHelper(helper, registry, signal)
  } catch (error) {
    if (EngineError.is(error, 'CredentialHelperFailed') && EngineError.is(error.cause, 'ProgramMissing')) return undefined
    throw error
  }
}

/** Docker's key of a registry in its files and helpers. */
export function serverOf(registry: string): string {
  return registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry
}

function matchAuth(document: AuthDocument, registry: string, repository: string): Credentials | undefined {
  const keys = [registry]
  for (const part of repository.split('/').filter(Boolean)) keys.unshift(`${keys[0]}/${part}`)
  const byHost = new Map(Object.entries(document.auths).map(([key, value]) => [registryOfKey(key), value]))
  for (const key of keys) {
    const found = toCredentials(document.auths[key])
    if (found) return found
  }
  return toCredentials(byHost.get(registry))
}

/** Docker's older keys are URLs; the Hub's is `https://index.docker.io/v1/`. */
export function registryOfKey(key: string): string {
  const host = key
    .replace(/^https?:\/\//, '')
    .replace(/\/v[12]\/?$/, '')
    .replace(/\/$/, '')
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host
}

/** The login of an entry; nothing when it has none. */
export function toCredentials(entry: AuthEntry | undefined): Credentials | undefined {
  if (typeof entry?.identitytoken === 'string' && entry.identitytoken !== '') return { identityToken: entry.identitytoken }
  if (typeof entry?.auth !== 'string' || entry.auth === '') return undefined
  const text = Buffer.from(entry.auth, 'base64').toString('utf8').replace(/\0+$/, '')
  const colon = text.indexOf(':')
  return colon < 1 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) }
}
