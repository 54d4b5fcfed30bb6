import { type Account, findAccount, listenForLogins, type LoginListener, startService } from '../../bridge/login/index.ts'
import { EngineError } from '../errors/index.ts'
import { auditSocket, listRecords } from '../lib/audit/client.ts'
import { createLogger } from '../lib/log.ts'
import type { ChildProcess } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync } from 'node:fs'
import { type AuditService, startAuditService } from './audit-service.ts'
import type { ConsoleOptions } from './console-options.ts'
import { type HostRecorder, startHostRecorder } from './host-recorder.ts'
import { stopSignal } from './stop-signal.ts'
import { entryCommand, launcherEnvironment, switchUserCommand } from '../agent/launcher.ts'
import { leaveSession } from './leave-session.ts'

/** Milliseconds the sessions have to end when the console does. */
const closeTimeout = 10_000

/** The console for everyone on this host: the login service here, as root, and the web server as the user `berth`. */
export async function runSystemConsole(options: ConsoleOptions): Promise<number> {
  const log = createLogger({ level: 'info', fields: { program: 'console' } })
  const say = (line: string): void => void process.stderr.write(`${line}\n`)
  leaveSession()
  const stopped = stopSignal()
  const account = serverAccount()
  prepareFolders(options, account)
  let logins: LoginListener | undefined
  let server: ChildProcess | undefined
  let audit: AuditService | undefined
  let recorder: HostRecorder | undefined
  try {
    // The audit service of another console on this host also accepts our server's records: its user is the same.
    if ((await listRecords(auditSocket, { filters: {}, limit: 1 })) === undefined)
      audit = await startAuditService({ server: account.uid, log: (line) => log.warn(line) })
    logins = await listenForLogins({
      path: options.loginSocket,
      server: account,
      helper: entryCommand('agent', ['login', options.rootLogin]),
      environment: launcherEnvironment(),
      log: (line) => log.warn(line),
    })
    recorder = await startHostRecorder((line) => log.warn(line))
    server = startServerProcess(options, account, say)
    const gone = new Promise<number>((resolve) => server?.once('exit', (code) => resolve(code ?? 1)))
    const url = await listening(server)
    process.stderr.write(
      `berth: The console is at ${url} – log in with your account on this machine. Ctrl-C ends it; containers go on.\n`,
    )
    const code = await Promise.race([stopped.then(() => 0), gone])
    if (code !== 0) log.error(`The web server ended with exit code ${code}.`)
    return code
  } finally {
    await endServer(server)
    await logins?.close(closeTimeout)
    await recorder?.close()
    await audit?.close()
  }
}

function serverAccount(): Account {
  try {
    const account = findAccount('berth')
    if (account.uid !== 0) return account
  } catch (cause) {
    throw noServerAccount(cause)
  }
  throw new EngineError('NotFound', 'The system user berth, which the web server runs as, is root: give it a number of its own.')
}

function noServerAccount(cause: unknown): EngineError {
  return new EngineError(
    'NotFound',
    'The system user berth, which the web server runs as, does not exist; npm start makes it, or useradd --system --user-group --no-create-home berth.',
    { cause },
  )
}

function prepareFolders({ state, tls }: ConsoleOptions, { uid, gid }: { uid: number; gid: number }): void {
  if (!existsSync('/etc/pam.d/berth'))
    throw new EngineError(
      'NotFound',
      'The PAM service /etc/pam.d/berth is missing; npm start installs it, or copy packaging/pam/berth there.',
    )
  mkdirSync('/run/berth', { recursive: true, mode: 0o711 })
  // The store's part of it is closed by itself; the server only has to get through to the socket.
  chmodSync('/run/berth', 0o711)
  if (!tls) return
  mkdirSync(state, { recursive: true, mode: 0o700 })
  chownSync(state, uid, gid)
}

/**
 * Settings of the C library's allocator (mallopt(3)) with which the server gives memory back that many pages needed at once:
 * otherwise freed memory stays with the process, fragmented.
 */
const returnMemory = { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '131072', MALLOC_MMAP_THRESHOLD_: '65536' }

function startServerProcess(options: ConsoleOptions, account: Account, log: (line: string) => void): ChildProcess {
  const child = startService({
    switchUser: switchUserCommand(),
    account,
    argv: entryCommand('agent', ['server']),
    environment: { ...launcherEnvironment(), ...returnMemory },
    log,
  })
  child.stdin?.write(`${JSON.stringify(options)}\n`)
  return child
}

/** Waits for the server's first line: its address, or why there is none. */
function listening(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const fail = (message: string): void => reject(new EngineError('PortInUse', message))
    server.once('error', (error) => fail(`The web server could not be started: ${error.message}.`))
    server.once('exit', (code) => fail(`The web server ended with exit code ${code} before it listened.`))
    server.stdout?.on('data', (data: Buffer) => {
      text += data.toString('utf8')
      if (!text.includes('\n')) return
      const { url, error } = JSON.parse(text.slice(0, text.indexOf('\n'))) as { url?: string; error?: string }
      if (url === undefined) fail(error ?? 'The web server did not start.')
      else resolve(url)
    })
  })
}

async function endServer(server: ChildProcess | undefined): Promise<void> {
  if (server?.pid === undefined || server.exitCode !== null || server.signalCode !== null) return
  const gone = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  server.kill('SIGTERM')
  const killer = setTimeout(() => server.kill('SIGKILL'), closeTimeout)
  await gone
  clearTimeout(killer)
}
