import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { ProblemError } from '../protocol/index.ts'
import { closeOnExec } from './descriptors.ts'
import { peerUser } from './peer.ts'

/** How the listener for logins is set up. It runs as root. */
export interface LoginListenerOptions {
  /** The unix socket. */
  path: string
  /** The server's user and group: only that user and root may connect. */
  server: { uid: number; gid: number }
  /** The helper's command line; its standard input is the connection. */
  helper: string[]
  /** Added to the helper's environment, which is otherwise bare. */
  environment?: Record<string, string>
  log(line: string): void
}

/** A running listener. */
export interface LoginListener {
  /** Stops listening and waits for the sessions to end, at most `timeout` milliseconds. Idempotent. */
  close(timeout: number): Promise<void>
}

/** Maximum number of helpers: logins and sessions. */
const maxHelpers = 512

/** Maximum number of unauthenticated logins; the server admits fewer. */
const maxUnauthenticated = 32

/** Milliseconds until a login must be authenticated, including all prompts. */
const authenticationTimeout = 180_000

/** The running helpers, and those that are not authenticated yet. */
interface Helpers {
  all: Set<ChildProcess>
  unauthenticated: Set<ChildProcess>
}

/** Listens for logins; each gets a helper process of its own. @throws ProblemError where the socket cannot be made. */
export async function listenForLogins(options: LoginListenerOptions): Promise<LoginListener> {
  const { path, log } = options
  const helpers: Helpers = { all: new Set(), unauthenticated: new Set() }
  await clearPath(path)
  // The connection belongs to the helper: not a byte may be read here.
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    socket.on('error', () => socket.destroy())
    const uid = peerUser(socket)
    const full = helpers.all.size >= maxHelpers || helpers.unauthenticated.size >= maxUnauthenticated
    if ((uid !== 0 && uid !== options.server.uid) || full) {
      log(uid === undefined || full ? 'a login was dropped: too many' : `user ${uid} may not ask for logins`)
      socket.destroy()
      return
    }
    startHelper(options, socket, helpers)
  })
  await listen(server, path)
  chownSync(path, 0, options.server.gid)
  chmodSync(path, 0o660)
  return {
    close: async (timeout) => {
      server.close()
      rmSync(path, { force: true })
      const deadline = Date.now() + timeout
      while (helpers.all.size > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20))
    },
  }
}

function startHelper({ helper, environment, log }: LoginListenerOptions, socket: Socket, helpers: Helpers): void {
  const [program, ...args] = helper
  closeOnExec()
  // In a session of its own: a Ctrl-C for the console must not reach it before its agent has ended.
  const child = spawn(program!, args, {
    cwd: '/',
    detached: true,
    stdio: [socket, 'pipe', 'inherit'],
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: process.env['LANG'] ?? 'C.UTF-8', ...environment },
  })
  helpers.all.add(child)
  helpers.unauthenticated.add(child)
  const timer = setTimeout(() => child.kill('SIGKILL'), authenticationTimeout)
  const authenticated = (): void => {
    clearTimeout(timer)
    helpers.unauthenticated.delete(child)
  }
  const ended = (): void => {
    authenticated()
    helpers.all.delete(child)
  }
  // A helper only reports there that it is authenticated.
  child.stdout?.on('data', authenticated).on('error', () => {})
  child.once('error', (error) => {
    ended()
    log(`the login helper could not be started: ${error.message}`)
  })
  child.once('exit', (_, signal) => {
    ended()
    if (signal === 'SIGALRM') log('a login was ended: a step of it took too long')
  })
  socket.destroy()
}

/** Removes a stale socket; refuses to replace one that is in use. */
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
