import { ensureCertificate, startServer } from '../../bridge/server/index.ts'
import { EngineError } from '../errors/index.ts'
import { createLogger } from '../lib/log.ts'
import { closeOnExec } from '../lib/sys/index.ts'
import { type ChildProcess, spawn } from 'node:child_process'
import { userInfo } from 'node:os'
import { Duplex } from 'node:stream'
import type { ConsoleOptions } from './console-options.ts'
import { stopSignal } from './stop-signal.ts'
import { entryCommand, launcherEnvironment } from '../agent/launcher.ts'
import { cookie, listenErrorMessage } from './server.ts'

/** Milliseconds without a page after which a new one-time URL is printed, since the old session may be unreachable. */
const unused = 15 * 60_000

/** Milliseconds the agents have to end when the console does. */
const closeTimeout = 10_000

/** A local session: no root, no PAM, at a one-time URL. */
export async function runLocalConsole(options: ConsoleOptions): Promise<number> {
  const log = createLogger({ level: 'info', fields: { program: 'console' } })
  const stopped = stopSignal()
  const agents = new Set<ChildProcess>()
  const tls = options.tls ? await ensureCertificate(options.state) : undefined
  const printUrl = (): void =>
    void process.stderr.write(
      `berth: Your session is at ${server.oneTimeUrl()} – the address works once. Ctrl-C ends it; containers go on.\n`,
    )
  const server = await startServer({
    address: options.address,
    port: options.port,
    page: options.page,
    packages: options.packages,
    origins: options.origins,
    hostNames: options.hostNames,
    bindAddress: options.bindAddress,
    cookie,
    ...(tls === undefined ? {} : { tls }),
    local: { user: userInfo().username, startAgent: () => startAgent(agents), ended: printUrl },
    log: (line) => log.info(line),
    times: { sessionIdle: unused, sessionDisconnected: 4 * unused },
  }).catch((cause: unknown) => {
    throw new EngineError('PortInUse', listenErrorMessage(cause), { cause })
  })
  try {
    printUrl()
    await stopped
    return 0
  } finally {
    await server.close()
    await endAgents(agents)
  }
}

function startAgent(agents: Set<ChildProcess>): Duplex {
  const [program, ...args] = entryCommand('agent', ['agent'])
  closeOnExec()
  // Detached: a Ctrl-C is for us, and the agent ends when its connection does.
  const child = spawn(program!, args, {
    cwd: '/',
    env: { ...process.env, ...launcherEnvironment() },
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  agents.add(child)
  child.once('exit', () => agents.delete(child))
  const connection = Duplex.from({ readable: child.stdout, writable: child.stdin })
  child.once('error', (error) => {
    agents.delete(child)
    connection.destroy(error)
  })
  return connection
}

async function endAgents(agents: Set<ChildProcess>): Promise<void> {
  // Tasks are cancelled: without a login session nobody would find them.
  for (const agent of agents) agent.kill('SIGTERM')
  for (const end = Date.now() + closeTimeout; agents.size > 0 && Date.now() < end;)
    await new Promise((resolve) => setTimeout(resolve, 20))
  for (const agent of agents) agent.kill('SIGKILL')
}
