import { join } from 'node:path'

import { EngineError } from '../errors/index.ts'
import { readBounded } from '../lib/atomic-file.ts'
import { run } from '../lib/exec.ts'
import { identity } from '../lib/identity.ts'

/** How to log in to a registry. Never logged, never stored by us. */
export type Credentials = { username: string; password: string } | { identityToken: string }

/** `user:password` as `--creds` and X-Registry-Auth give it. @throws InvalidArgument, without repeating it. */
export function parseCredentials(text: string): Credentials {
  const colon = text.indexOf(':')
  if (colon < 1) throw new EngineError('InvalidArgument', 'Credentials are given as USER:PASSWORD.')
  return { username: text.slice(0, colon), password: text.slice(colon + 1) }
}

/** The files credentials are looked for in, most important first (containers-auth.json(5)). */
export function credentialFiles(authfile?: string, environment: NodeJS.ProcessEnv = process.env): string[] {
  if (authfile) return [authfile]
  const { home, rootless, realUid } = identity()
  const named = environment['REGISTRY_AUTH_FILE']
  if (named) return [named]
  const runtime = rootless ? (environment['XDG_RUNTIME_DIR'] ?? `/run/user/${realUid}`) : '/run/containers/0'
  return [
    rootless ? join(runtime, 'containers/auth.json') : join(runtime, 'auth.json'),
    join(environment['XDG_CONFIG_HOME'] || join(home, '.config'), 'containers/auth.json'),
    join(environment['DOCKER_CONFIG'] || join(home, '.docker'), 'config.json'),
  ]
}

/**
 * The credentials for an image: those of the longest matching `registry/path` first, then the registry's, by file in order.
 * @throws InvalidArgument when a file was named and cannot be read.
 */
export async function findCredentials(
  registry: string,
  repository: string,
  options: { authfile?: string; files?: string[]; signal?: AbortSignal } = {},
): Promise<Credentials | undefined> {
  for (const file of options.files ?? credentialFiles(options.authfile)) {
    const document = await readAuthFile(file, options.authfile !== undefined)
    if (!document) continue
    const found = (await askHelper(document, registry, options.signal)) ?? matchAuth(document, registry, repository)
    if (found) return found
  }
  return undefined
}

interface AuthDocument {
  auths: Record<string, { auth?: unknown; identitytoken?: unknown }>
  credHelpers: Record<string, unknown>
  credsStore: unknown
}

async function readAuthFile(file: string, named: boolean): Promise<AuthDocument | undefined> {
  try {
    const text = await readBounded(file, 1024 * 1024)
    if (text === undefined) {
      if (!named) return undefined
      throw new Error('it does not exist')
    }
    const value = JSON.parse(text) as Partial<AuthDocument> | null
    return { auths: value?.auths ?? {}, credHelpers: value?.credHelpers ?? {}, credsStore: value?.credsStore }
  } catch (error) {
    // The parser's message quotes the text, which holds passwords.
    const reason = error instanceof SyntaxError ? 'it is not JSON' : (error as Error).message
    throw new EngineError('InvalidArgument', `The credentials file ${file} cannot be used: ${reason}.`, { details: { file } })
  }
}

function matchAuth(document: AuthDocument, registry: string, repository: string): Credentials | undefined {
  const keys = [registry]
  for (const part of repository.split('/')) keys.unshift(`${keys[0]}/${part}`)
  const byHost = new Map(Object.entries(document.auths).map(([key, value]) => [hostOf(key), value]))
  for (const key of keys) {
    const found = toCredentials(document.auths[key])
    if (found) return found
  }
  return toCredentials(byHost.get(registry))
}

/** Docker's older keys are URLs; the Hub's is `https://index.docker.io/v1/`. */
function hostOf(key: string): string {
  const host = key
    .replace(/^https?:\/\//, '')
    .replace(/\/v[12]\/?$/, '')
    .replace(/\/$/, '')
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host
}

function toCredentials(entry: { auth?: unknown; identitytoken?: unknown } | undefined): Credentials | undefined {
  if (typeof entry?.identitytoken === 'string' && entry.identitytoken !== '') return { identityToken: entry.identitytoken }
  if (typeof entry?.auth !== 'string' || entry.auth === '') return undefined
  const text = Buffer.from(entry.auth, 'base64').toString('utf8').replace(/\0+$/, '')
  const colon = text.indexOf(':')
  return colon < 1 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) }
}

/** Docker's credential helper protocol: the server on standard input, a JSON answer; status 1 means that it has none. */
async function askHelper(document: AuthDocument, registry: string, signal?: AbortSignal): Promise<Credentials | undefined> {
  const helper = document.credHelpers[registry] ?? document.credsStore
  if (typeof helper !== 'string' || !/^[\w.-]+$/.test(helper)) return undefined
  const server = registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry
  const { code, stdout } = await run(`docker-credential-${helper}`, ['get'], {
    stdin: server,
    timeout: 30_000,
    ...(signal ? { signal } : {}),
  })
  if (code !== 0) return undefined
  const answer = JSON.parse(stdout.toString()) as { Username?: unknown; Secret?: unknown }
  if (typeof answer.Secret !== 'string' || typeof answer.Username !== 'string') return undefined
  return answer.Username === '<token>' ? { identityToken: answer.Secret } : { username: answer.Username, password: answer.Secret }
}
