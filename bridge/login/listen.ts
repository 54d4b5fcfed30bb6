import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { ProblemError } from '../protocol/index.ts'
import { peerUser } from './peer.ts'

/** How the listener for logins is set up. It runs as root. */
export interface LoginListenerOptions {
  /** The unix socket. */
  path: string
  /** The server's user and group: only that user, and root, may ask. */
  server: { uid: number; gid: number }
  /** The helper's command line; its standard input is the connection. */
  helper: string[]
  /** Added to the helper's environment, which is otherwise bare. */
  environment?: Record<string, string>
  log(line: string): void
}

/** A running listener. */
export interface LoginListener {
  /** Stops listening and waits for the sessions to end, at most so many milliseconds. Idempotent. */
  close(patience: number): Promise<void>
}

/** Logins and sessions at a time. */
const maxHelpers = 512

/** Listens for logins; each gets a helper process of its own. @throws ProblemError where the socket cannot be made. */
export async function listenForLogins(options: LoginListenerOptions): Promise<LoginListener> {
  const { path, log } = options
  const helpers = new Set<ChildProcess>()
  await clearPath(path)
  // The connection is the helper's: not a byte of it may be read here.
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    socket.on('error', () => socket.destroy())
    const uid = peerUser(socket)
    if ((uid !== 0 && uid !== options.server.uid) || helpers.size >= maxHelpers) {
      log(
        uid === undefined || helpers.size >= maxHelpers ? 'a login was dropped: too many' : `user ${uid} may not ask for logins`,
      )
      socket.destroy()
      return
    }
    startHelper(options, socket, helpers)
  })
  await listen(server, path)
  chownSync(path, 0, options.server.gid)
  chmodSync(path, 0o660)
  return {
    close: async (patience) => {
      server.close()
      rmSync(path, { force: true })
      const deadline = Date.now() + patience
      while (helpers.size > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20))
    },
  }
}

function startHelper({ helper, environment, log }: LoginListenerOptions, socket: Socket, helpers: Set<ChildProcess>): void {
  const [program, ...args] = helper
  // In a session of its own: a Ctrl-C for the console must not reach it before its agent has ended.
  const child = spawn(program!, args, {
    cwd: '/',
    detached: true,
    stdio: [socket, 'ignore', 'inherit'],
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: process.env['LANG'] ?? 'C.UTF-8', ...environment },
  })
  helpers.add(child)
  child.once('error', (error) => {
    helpers.delete(child)
    log(`the login helper could not be started: ${error.message}`)
  })
  child.once('exit', () => helpers.delete(child))
  socket.destroy()
}

/** Makes room for the socket: removes one that nobody listens on, and refuses to take the place of one that works. */
async function clearPath(path: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o711 })
  const used = await new Promise<boolean>((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
  if (used)
    throw new ProblemError(
      'change-conflict',
      `Another login service listens on ${path}; stop it first, or choose another --login-socket.`,
    )
  rmSync(path, { force: true })
}

function listen(server: Server, path: string): Promise<void> {
  const mask = process.umask(0o177)
  return new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => resolve())
  }).finally(() => process.umask(mask))
}
