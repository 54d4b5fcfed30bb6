import { connect, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { EngineError } from '../errors/index.ts'
import { peerCredentials } from '../lib/sys/index.ts'

// The agent's end, which loads nothing of the engine.

/** Milliseconds for which a connection is retried while the socket's backlog is full, and between two attempts. */
const busyTimeout = 30_000
const busyPause = 100

/**
 * Connects to the engine half that listens at `path`.
 *
 * @returns `undefined` where nothing does.
 * @throws EngineError `EngineUnreachable`, `AccessDenied` where another user does.
 */
export async function connectToHalf(path: string): Promise<Socket | undefined> {
  for (const end = Date.now() + busyTimeout; ; await sleep(busyPause)) {
    const socket = await connected(path).catch((error: NodeJS.ErrnoException) => error)
    if (socket instanceof Socket) return checked(socket, path)
    const { code, message } = socket
    if (code === 'ENOENT' || code === 'ECONNREFUSED') return undefined
    if (code !== 'EAGAIN' || Date.now() > end)
      throw new EngineError('EngineUnreachable', `The engine cannot be reached at ${path}: ${message}`, { cause: socket })
  }
}

function checked(socket: Socket, path: string): Socket | undefined {
  const peer = peerUser(socket)
  if (peer === process.getuid?.()) return socket
  socket.destroy()
  if (peer === undefined) return undefined
  throw new EngineError('AccessDenied', `Another user listens on ${path}: set XDG_RUNTIME_DIR to a folder that is yours alone.`)
}

function connected(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path, allowHalfOpen: true })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })
}

/**
 * The peer; `undefined` once it has closed. In a user's namespace they have our own id themselves, and everyone who is not in it,
 * root too, that of nobody.
 */
export function peerUser(socket: Socket): number | undefined {
  try {
    return peerCredentials(socket).uid
  } catch {
    return undefined
  }
}
