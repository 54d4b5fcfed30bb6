import { ProblemError } from '../protocol/index.ts'
import { type ChildProcess, spawn } from 'node:child_process'
import { type Account, findAccount, isClosed } from './account.ts'
import { authenticate } from './authenticate.ts'
import { pam, type PamTransaction } from './libpam.ts'
import { relayLines } from './relay-lines.ts'
import { receiveControl, sendControl } from './wire.ts'

/** What a session needs besides PAM's, and how to take it away. */
export interface PreparedSession {
  /** Added to the agent's environment. */
  environment?: Record<string, string>
  /** Turns the agent's command line into one that also does what has to be done in its own process. */
  wrap?(argv: string[]): string[]
  /** Called once the agent has ended. */
  release(): void | Promise<void>
}

/** How a login helper works. */
export interface LoginOptions {
  /** The connection to the server: a blocking socket. */
  fd: number
  /** PAM's service name. */
  service: string
  /** The agent's command line. It gets the connection as standard input and output. */
  agent: string[]
  /** Called between PAM's session and the agent. */
  prepareSession(account: Account, environment: Record<string, string>): PreparedSession
  /** Takes lines for the log; no secrets are in them. */
  log(line: string): void
}

/**
 * One login from its first message to the end of its session: authenticates, opens PAM's session, runs the agent as
 * the user on the same connection, waits for it and closes the session.
 */
export async function runLogin(options: LoginOptions): Promise<void> {
  const { fd, log } = options
  let login: { transaction: PamTransaction; account: Account }
  try {
    login = logIn(fd, options.service)
  } catch (error) {
    const { problem, message } = ProblemError.from(error)
    // The person is told whatever can be told; the reason for a failure of ours is in the log only.
    if (problem === 'internal-error') log(`login failed: ${message}`)
    refuse(fd, problem, problem === 'internal-error' ? 'The login service failed; its log says why.' : message)
    return
  }
  const { transaction, account } = login
  try {
    await runSession(options, transaction, account)
  } finally {
    transaction.end()
  }
}

function logIn(fd: number, service: string): { transaction: PamTransaction; account: Account } {
  const message = receiveControl(fd)
  const { user, remote } = message
  if (message.command !== 'login' || typeof user !== 'string' || typeof remote !== 'string')
    throw new ProblemError('protocol-error', 'The conversation does not begin with a login.')
  const transaction = authenticate(fd, service, { user, remote })
  try {
    const account = findAccount(transaction.user())
    if (isClosed(account)) throw new ProblemError('access-denied', 'This account is not for people to log in.')
    return { transaction, account }
  } catch (error) {
    transaction.end()
    throw error
  }
}

async function runSession(
  { fd, agent, prepareSession, log }: LoginOptions,
  transaction: PamTransaction,
  account: Account,
): Promise<void> {
  const steps: (() => void | Promise<void>)[] = []
  try {
    expect(transaction, transaction.setCredentials(pam.credentials.establish), 'set credentials')
    steps.push(() => void transaction.setCredentials(pam.credentials.remove))
    // Without a type pam_systemd takes it for a background job; Cockpit's sessions have this one as well.
    transaction.putEnvironment('XDG_SESSION_TYPE=web')
    expect(transaction, transaction.openSession(), 'open a session')
    steps.push(() => void transaction.closeSession())
    const environment = agentEnvironment(account, transaction.environment())
    const prepared = prepareSession(account, environment)
    steps.push(() => prepared.release())
    const argv = asUser(account, agent)
    const [program, ...args] = prepared.wrap?.(argv) ?? argv
    sendControl(fd, { command: 'agent', user: account.name })
    const child = spawn(program!, args, {
      cwd: '/',
      env: { ...environment, ...prepared.environment },
      stdio: [fd, fd, 'pipe'],
      detached: true,
    })
    relayLines(child.stderr!, (line) => log(`agent of ${account.name}: ${line}`))
    await ended(child)
  } catch (error) {
    const { message } = ProblemError.from(error)
    log(`session of ${account.name} failed: ${message}`)
    refuse(fd, 'internal-error', message)
  } finally {
    for (const undo of steps.reverse()) {
      try {
        await undo()
      } catch (error) {
        log(`session of ${account.name} was not fully undone: ${ProblemError.from(error).message}`)
      }
    }
  }
}

function expect(transaction: PamTransaction, code: number, what: string): void {
  if (code !== pam.success) throw new ProblemError('internal-error', `PAM could not ${what}: ${transaction.describe(code)}.`)
}

/** A clean environment; what PAM's modules say comes last. */
function agentEnvironment(account: Account, fromPam: Record<string, string>): Record<string, string> {
  const path =
    account.uid === 0
      ? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
      : '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin'
  return {
    PATH: path,
    HOME: account.home,
    USER: account.name,
    LOGNAME: account.name,
    SHELL: account.shell,
    LANG: process.env['LANG'] ?? 'C.UTF-8',
    ...fromPam,
  }
}

/** The command line that becomes the user, with the user's groups, and then the agent. */
function asUser(account: Account, agent: string[]): string[] {
  if (account.uid === 0) return agent
  return ['setpriv', `--reuid=${account.uid}`, `--regid=${account.gid}`, '--init-groups', '--inh-caps=-all', '--', ...agent]
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) =>
      reject(new ProblemError('internal-error', `The agent could not be started: ${cause.message}.`, { cause })),
    )
    child.once('exit', () => resolve())
  })
}

function refuse(fd: number, problem: string, message: string): void {
  try {
    sendControl(fd, { command: 'refused', problem, message })
  } catch {
    // The server is gone: nobody to tell.
  }
}
