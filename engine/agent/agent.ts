import { type Agent, serveAgent } from '../../bridge/agent/index.ts'
import { createLogger } from '../lib/log.ts'
import { fstatSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import type { EngineAccess } from './engine-access.ts'

/** Close timeout: milliseconds that processes of closed channels have to exit before the agent does. */
const closeTimeout = 7_000

/** Where Cockpit packages are: pages that Cockpit's own server requests from the agent. */
const packageFolders = ['/usr/local/share/cockpit', '/usr/share/cockpit']

/**
 * The agent: serves channels on standard input and output as the user that runs it, with the engine behind the paths of
 * its socket. Resolves when the connection has ended and everything is freed.
 */
export async function runAgent(): Promise<void> {
  const log = createLogger({ level: 'info', fields: { program: 'agent' } })
  process.umask(0o022)
  const engine = await openAccess()
  const agent = serveAgent({
    ...standardStreams(),
    endpoints: new Map(enginePaths().map((path) => [path, engine])),
    packages: packageFolders,
  })
  const now = new AbortController()
  const stop = (): void => {
    now.abort()
    agent.close()
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop)
  await finish(agent, engine, now.signal, log)
}

/** Tasks outlive the connection: this process stays for them, and with it the login session that it runs in. */
async function finish(agent: Agent, engine: EngineAccess, now: AbortSignal, log: ReturnType<typeof createLogger>): Promise<void> {
  const { problem, message } = await agent.closed
  if (problem !== undefined) log.warn('The connection ended with a problem.', { problem, reason: message })
  await engine.close(now)
  // Children that are exiting keep the process alive, but only up to the close timeout.
  setTimeout(() => process.exit(), closeTimeout).unref()
}

/** Where a page looks for the engine: the system's socket for root, otherwise the user's own. */
export function enginePaths(): string[] {
  const uid = process.getuid?.() ?? 0
  if (uid === 0) return ['/run/berth/berth.sock']
  const folders = new Set(
    [process.env['XDG_RUNTIME_DIR'], `/run/user/${uid}`].filter((folder) => folder !== undefined && folder.startsWith('/')),
  )
  return [...folders].map((folder) => `${folder}/berth/berth.sock`)
}

async function openAccess(): Promise<EngineAccess> {
  if (process.getuid?.() === 0) return (await import('./engine-inside.ts')).openEngineInside()
  return (await import('./engine-process.ts')).openEngineProcess()
}

/** One socket when both are the same (a login's), otherwise two pipes (a local session's, or cockpit-ws's). */
function standardStreams(): { input: Readable; output: Writable } {
  const [input, output] = [fstatSync(0), fstatSync(1)]
  if (input.isSocket() && input.ino === output.ino && input.dev === output.dev) {
    const socket = new Socket({ fd: 0, readable: true, writable: true, allowHalfOpen: true })
    return { input: socket, output: socket }
  }
  if (input.isFile() || !(input.isSocket() || input.isFIFO())) return { input: process.stdin, output: process.stdout }
  return {
    input: new Socket({ fd: 0, readable: true, writable: false }),
    output: new Socket({ fd: 1, readable: false, writable: true }),
  }
}
