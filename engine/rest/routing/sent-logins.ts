import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { decodeLogins, type Operation } from '../../contract/index.ts'
import { headerOf, type RestRequest } from '../http/message.ts'

/** Logins that a client sent with its request, in a file that only we may read. */
export interface SentLogins {
  /** The operation's field that names the file. */
  field: string
  authfile: string
  /** Removes the file. Idempotent. */
  release(): Promise<void>
}

/**
 * The logins for several registries that podman's client sends from its own auth.json, as an auth.json for the time of the request.
 * `undefined` where none were sent, or the operation speaks to no registry.
 *
 * @throws EngineError `InvalidArgument`; its message never holds the header's value.
 */
export async function keepSentLogins(operation: Operation, request: RestRequest): Promise<SentLogins | undefined> {
  const { headers, loginFile: field } = operation
  if (headers === undefined || field === undefined) return undefined
  const logins =
    decodeLogins('X-Registry-Config', headerOf(request, 'x-registry-config')) ??
    decodeLogins('X-Registry-Auth', headerOf(request, 'x-registry-auth'))
  if (!logins) return undefined
  const auths = Object.fromEntries(
    Object.entries(logins).map(([registry, { username, password }]) => [
      registry,
      { auth: Buffer.from(`${username}:${password}`).toString('base64') },
    ]),
  )
  const folder = await mkdtemp(join(tmpdir(), 'berth-logins-'))
  const release = () => rm(folder, { recursive: true, force: true })
  const authfile = join(folder, 'auth.json')
  try {
    await writeFile(authfile, JSON.stringify({ auths }), { mode: 0o600 })
  } catch (error) {
    await release()
    throw error
  }
  return { field, authfile, release }
}

/** A stream that frees something when it ends or is left. */
export async function* releasing<T>(items: AsyncIterable<T>, release: () => Promise<void>): AsyncGenerator<T> {
  try {
    yield* items
  } finally {
    await release()
  }
}
