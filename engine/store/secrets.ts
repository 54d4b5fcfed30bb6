import * as v from 'valibot'

import { EngineError } from '../errors/index.ts'
import type { Database } from './connection.ts'
import { TextMap } from './records/common.ts'

/** What is known of a secret. Its value is its driver's to keep, and never in the database. */
export const SecretRecord = v.object({
  /** 25 hexadecimal digits. */
  id: v.string(),
  name: v.string(),
  /** RFC 3339 with nanoseconds. */
  created: v.string(),
  updated: v.string(),
  driver: v.string(),
  options: TextMap,
  labels: TextMap,
})
export type SecretRecord = v.InferOutput<typeof SecretRecord>

/** Rows of the table `settings` have it in front of a secret's id. */
const prefix = 'secret:'

/** Of how a secret is kept. */
const version = 1

const Kept = v.object({ version: v.literal(version), secret: SecretRecord })

/** All secrets, by name. @throws EngineError `StoreCorrupt`, `StoreUnsuitable`. */
export function allSecrets(database: Database): SecretRecord[] {
  return database
    .all(`SELECT key, value FROM settings WHERE key >= 'secret:' AND key < 'secret;'`)
    .map(({ key, value }) => read(String(key), String(value)))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
}

/**
 * The secret of a name, of an id, or of what only one id begins with.
 *
 * @throws EngineError `SecretNotFound`, `NameAmbiguous`, with podman's message.
 */
export function findSecret(database: Database, ref: string): SecretRecord {
  const all = allSecrets(database)
  const exact = all.find(({ name }) => name === ref) ?? all.find(({ id }) => id === ref)
  if (exact) return exact
  const found = ref === '' ? [] : all.filter(({ id }) => id.startsWith(ref))
  if (found.length === 1) return found[0]!
  if (found.length > 1)
    throw new EngineError('NameAmbiguous', `more than one secret has an id that begins with "${ref}": give more of it`, {
      details: { name: ref },
    })
  throw new EngineError('SecretNotFound', `no secret with name or id "${ref}": no such secret`, { details: { name: ref } })
}

/** Adds a secret; inside a transaction. */
export function insertSecret(database: Database, secret: SecretRecord): void {
  database.run('INSERT INTO settings (key, value) VALUES (?, ?)', `${prefix}${secret.id}`, JSON.stringify({ version, secret }))
}

/** Removes a secret's row; inside a transaction. */
export function deleteSecret(database: Database, id: string): void {
  database.run('DELETE FROM settings WHERE key = ?', `${prefix}${id}`)
}

function read(key: string, text: string): SecretRecord {
  const kept = parse(text)
  if (typeof kept?.version === 'number' && kept.version > version)
    throw new EngineError('StoreUnsuitable', `The secret ${key} was written by a newer version of berth: upgrade berth.`, {
      details: { version: kept.version, known: version },
    })
  const result = v.safeParse(Kept, kept)
  if (result.success) return result.output.secret
  throw new EngineError('StoreCorrupt', `The record of the secret ${key.slice(prefix.length)} is damaged.`, {
    details: { id: key.slice(prefix.length) },
  })
}

function parse(text: string): { version?: unknown } | null {
  try {
    return JSON.parse(text) as { version?: unknown } | null
  } catch {
    return null
  }
}
