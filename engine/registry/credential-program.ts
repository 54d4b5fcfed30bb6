import { EngineError } from '../errors/index.ts'
import { run } from '../lib/exec.ts'
import type { Credentials } from './credentials.ts'

// Docker's credential helper protocol: a program `docker-credential-NAME` with one word (get, store, erase, list), the rest on its
// standard input, and JSON on its standard output. So no secret is ever in an argument list.

const patience = 30_000
/** User name that stands for an identity token in place of a password. */
const tokenUser = '<token>'

/** The login a helper keeps for a server; nothing when it has none. @throws CredentialHelperFailed */
export async function helperGet(name: string, server: string, signal?: AbortSignal): Promise<Credentials | undefined> {
  const answer = record(await ask(name, 'get', server, signal))
  const { Username: username, Secret: secret } = answer
  if (typeof username !== 'string' || typeof secret !== 'string' || secret === '') return undefined
  return username === tokenUser ? { identityToken: secret } : { username, password: secret }
}

/** Has a helper keep a login. @throws CredentialHelperFailed */
export async function helperStore(name: string, server: string, credentials: Credentials): Promise<void> {
  const [Username, Secret] =
    'identityToken' in credentials ? [tokenUser, credentials.identityToken] : [credentials.username, credentials.password]
  await ask(name, 'store', JSON.stringify({ ServerURL: server, Username, Secret }))
}

/** Has a helper forget a login; none is no failure. @throws CredentialHelperFailed */
export async function helperErase(name: string, server: string): Promise<void> {
  await ask(name, 'erase', server)
}

/** The user names of the logins a helper keeps, by server. @throws CredentialHelperFailed */
export async function helperList(name: string): Promise<Record<string, string>> {
  const answer = record(await ask(name, 'list', ''))
  return Object.fromEntries(Object.entries(answer).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

async function ask(name: string, verb: string, input: string, signal?: AbortSignal): Promise<unknown> {
  if (!/^[A-Za-z0-9][\w.-]{0,100}$/.test(name))
    throw failed(name, 'its name may hold only letters, digits, dots, dashes and underscores')
  let answer
  try {
    answer = await run(`docker-credential-${name}`, [verb], {
      stdin: input,
      timeout: patience,
      maxOutput: 1024 * 1024,
      // Helpers reach key rings, clouds and password stores by what their own variables say.
      env: process.env,
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    if (EngineError.is(error, 'Cancelled')) throw error
    throw failed(
      name,
      EngineError.is(error, 'ProgramMissing') ? 'it is not installed' : (error as Error).message.replace(/\.$/, ''),
      error,
    )
  }
  const { code, stdout, stderr } = answer
  // Its complaints are on standard output, which may hold a secret only when it succeeds.
  const words = (stdout + stderr)
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 200)
  if (code !== 0 && /credentials not found/i.test(words)) return undefined
  if (code !== 0) throw failed(name, words || `it ended with status ${code}`)
  if (verb !== 'get' && verb !== 'list') return undefined
  try {
    return JSON.parse(stdout)
  } catch {
    throw failed(name, 'its answer is not JSON')
  }
}

function failed(name: string, why: string, cause?: unknown): EngineError {
  return new EngineError('CredentialHelperFailed', `The credential helper docker-credential-${name} failed: ${why}.`, {
    details: { helper: name },
    // A parser's or program's own error could quote what it read.
    ...(EngineError.is(cause, 'ProgramMissing') ? { cause } : {}),
  })
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}
