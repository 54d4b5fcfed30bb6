import { mkdirSync, realpathSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'

import { EngineError } from '../../errors/index.ts'
import { readBounded, writeFileAtomic } from '../../lib/files/atomic-file.ts'
import { withLock } from '../../lib/lock.ts'

export interface AuthEntry {
  /** `user:password` in base64. */
  auth?: unknown
  identitytoken?: unknown
}

/** A file of logins: containers-auth.json(5), or Docker's config.json. Unknown fields are kept. */
export interface AuthDocument {
  auths: Record<string, AuthEntry>
  /** The credential helper of a registry. */
  credHelpers: Record<string, string>
  /** The credential helper of all other registries. */
  credsStore?: string
  rest: Record<string, unknown>
}

const maxBytes = 1024 * 1024
const known = new Set(['auths', 'credHelpers', 'credsStore'])

/**
 * Reads a file of logins.
 * @returns nothing when there is none and nobody named it.
 * @throws InvalidArgument, which never quotes the file.
 */
export async function readAuthFile(file: string, named: boolean): Promise<AuthDocument | undefined> {
  try {
    const text = await readBounded(file, maxBytes)
    if (text === undefined) {
      if (!named) return undefined
      throw new Error('it does not exist')
    }
    return toDocument(text.trim() === '' ? {} : JSON.parse(text), file.endsWith('/.dockercfg'))
  } catch (error) {
    // The parser's message quotes the text, which holds passwords.
    const reason = error instanceof SyntaxError ? 'it is not JSON' : (error as Error).message
    throw new EngineError('InvalidArgument', `The credentials file ${file} cannot be used: ${reason}.`, { details: { file } })
  }
}

function toDocument(value: unknown, legacy: boolean): AuthDocument {
  const document = record(value)
  const helpers = Object.entries(record(document['credHelpers'])).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  const store = document['credsStore']
  return {
    auths: (legacy ? document : record(document['auths'])) as Record<string, AuthEntry>,
    credHelpers: Object.assign(noHelpers(), Object.fromEntries(helpers)),
    ...(typeof store === 'string' && store !== '' ? { credsStore: store } : {}),
    rest: Object.fromEntries(Object.entries(document).filter(([key]) => !known.has(key))),
  }
}

/**
 * Changes a file of logins, making it where it is missing. Safe with concurrent processes; the file is replaced atomically and is
 * readable by its owner only (0600).
 * @throws InvalidArgument
 */
export async function changeAuthFile(file: string, change: (document: AuthDocument) => void | Promise<void>): Promise<void> {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  } catch (error) {
    throw cannotWrite(file, error)
  }
  const real = resolveLink(file)
  const lock = `${real}.berth-lock`
  await withLock(lock, async () => {
    try {
      await changeLocked(real, change)
    } finally {
      rmSync(lock, { force: true })
    }
  })
}

async function changeLocked(file: string, change: (document: AuthDocument) => void | Promise<void>): Promise<void> {
  const document = (await readAuthFile(file, false)) ?? { auths: {}, credHelpers: noHelpers(), rest: {} }
  await change(document)
  const { auths, credHelpers, credsStore, rest } = document
  const whole = {
    auths: Object.fromEntries(Object.entries(auths).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    ...(Object.keys(credHelpers).length > 0 ? { credHelpers } : {}),
    ...(credsStore === undefined ? {} : { credsStore }),
    ...rest,
  }
  try {
    await writeFileAtomic(file, JSON.stringify(whole, null, '\t'), { mode: 0o600 })
  } catch (error) {
    throw cannotWrite(file, error)
  }
}

/** Users may keep such files elsewhere and link to them: the link is kept. */
function resolveLink(file: string): string {
  try {
    return realpathSync(file)
  } catch {
    return file
  }
}

function cannotWrite(file: string, cause: unknown): EngineError {
  return new EngineError('InvalidArgument', `The login cannot be kept in ${file}: ${(cause as Error).message}.`, {
    details: { file },
    cause,
  })
}

/** Without built-in properties: `toString/x` is an image's name, too. */
const noHelpers = (): Record<string, string> => Object.create(null) as Record<string, string>

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}
