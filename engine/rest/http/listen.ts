import { chmodSync, lstatSync, renameSync, unlinkSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import path from 'node:path'

import { EngineError } from '../../errors/index.ts'
import { randomToken } from '../../lib/random-id.ts'

export interface ListenOptions {
  /** Permissions of the socket; 0600 by default. */
  mode?: number
}

/** A listening socket. */
export interface Listening {
  /** Accepts no more connections and removes the socket, if it is still ours. Idempotent. */
  close(): Promise<void>
}

/**
 * Listens on a unix socket, or on a descriptor that is one already. The socket appears under its name with its mode set
 * and ready to answer; one left by a dead process is replaced, one that answers is not.
 *
 * @throws EngineError `StoreUnavailable`, `AccessDenied`, `InvalidArgument`.
 */
export async function listenOnPath(
  where: string | { fd: number },
  onConnection: (socket: Socket) => void,
  options: ListenOptions = {},
): Promise<Listening> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, onConnection)
  if (typeof where !== 'string') {
    await listening(server, where, `descriptor ${where.fd}`)
    return { close: () => closed(server) }
  }
  if (Buffer.byteLength(where) > 107)
    throw new EngineError('InvalidArgument', `The path ${where} is too long for a socket: 107 bytes are allowed.`)
  await mkdir(path.dirname(where), { recursive: true, mode: 0o700 }).catch((error: unknown) => refuse(where, error))
  if (await isListenedOn(where)) {
    throw new EngineError('StoreUnavailable', `Another service listens on ${where}: stop it first, or choose another path.`, {
      details: { path: where },
    })
  }
  // Bound under a temporary name, so that no client can connect before its permissions are right.
  const aside = path.join(path.dirname(where), `.${randomToken()}`)
  await listening(server, { path: aside }, where)
  try {
    chmodSync(aside, options.mode ?? 0o600)
    renameSync(aside, where)
  } catch (error) {
    await closed(server)
    refuse(where, error)
  }
  const { ino } = lstatSync(where)
  return { close: () => closed(server).then(() => unlinkIfOurs(where, ino)) }
}

function listening(
  server: ReturnType<typeof createServer>,
  options: { path: string } | { fd: number },
  shown: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      try {
        refuse(shown, error)
      } catch (refusal) {
        reject(refusal)
      }
    })
    server.listen(options, resolve)
  })
}

function closed(server: ReturnType<typeof createServer>): Promise<void> {
  return new Promise((resolve) => {
    // Connections end by themselves; only the listening is waited for.
    server.close()
    resolve()
  })
}

/** Whether a process listens on a unix socket. @throws EngineError `AccessDenied` where that cannot be found out. */
export function isListenedOn(socketPath: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = connect(socketPath)
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(false)
      else
        reject(new EngineError('AccessDenied', `${socketPath} is there and cannot be tried: ${error.message}`, { cause: error }))
    })
  })
}

function unlinkIfOurs(socketPath: string, ino: number): void {
  try {
    if (lstatSync(socketPath).ino === ino) unlinkSync(socketPath)
  } catch {
    // It was removed already.
  }
}

function refuse(where: string, error: unknown): never {
  const { code, message } = error as NodeJS.ErrnoException
  const kind = code === 'EACCES' || code === 'EPERM' ? 'AccessDenied' : 'StoreUnavailable'
  throw new EngineError(kind, `A socket at ${where} cannot be made: ${message}`, { cause: error, details: { path: where } })
}
