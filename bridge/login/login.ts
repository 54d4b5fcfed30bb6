import { ProblemError } from '../protocol/index.ts'
import { type ChildProcess, spawn } from 'node:child_process'
import { writeSync } from 'node:fs'
import type { Account } from './account.ts'
import { authenticate, type Authenticated } from './authenticate.ts'
import { setDeadline } from './deadline.ts'
import { closeOnExec } from './descriptors.ts'
import { pam, type PamTransaction } from './libpam.ts'
import { relayLines } from './relay-lines.ts'
import type { RootLogin } from './root-login.ts'
import { asAccount } from './switch-user.ts'
import { receiveControl, sendControl } from './wire.ts'

/** The resources of a session besides PAM's, and how to release them. */
export interface PreparedSession {
  /** Added to the agent's environment. */
  environment?: Record<string, string>
  /** Wraps the agent's command line, for setup that must happen in its process. */
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
  /** From where root may log in; `loopback` unless given. */
  rootLogin?: RootLogin
  /** The command line of a program that calls `switchUser()`: root runs it, with the agent's behind it. */
  switchUser: readonly string[]
  /** Seconds for each step of a login; the process ends when one takes longer. 90 unless given. */
  stepTime?: number
  /** The agent's command line, its program by its full path. It gets the connection as standard input and output. */
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
  let login: Authenticated
  try {
    login = logIn(options)
  } catch (error) {
    const { problem, message } = ProblemError.from(error)
    // The user gets the reason, except for internal errors, which are only logged.
    if (problem === 'internal-error') log(`login failed: ${message}`)
    refuse(fd, problem, problem === 'internal-error' ? 'The login service failed; its log says why.' : message)
    return
  }
  const { transaction, account } = login
  tellAuthenticated()
  try {
    await runSession(options, transaction, account)
  } finally {
    transaction.end()
  }
}

/** Reports to the listener, on standard output, that the login is authenticated. */
function tellAuthenticated(): void {
  try {
    writeSync(1, 'authenticated\n')
  } catch {
    // The listener has ended.
  }
}

/** Seconds: longer than the server's timeout for answers, and than timeouts of directory services. */
const defaultStepTime = 90

function logIn({ fd, service, log, rootLogin = 'loopback', stepTime = defaultStepTime }: LoginOptions): Authenticated {
  setDeadline(stepTime)
  try {
    const message = receiveControl(fd)
    const { user, remote } = message
    if (message.command !== 'login' || typeof user !== 'string' || typeof remote !== 'string')
      throw new ProblemError('protocol-error', 'The conversation does not begin with a login.')
    return authenticate({ fd, service, rootLogin, stepTime, log }, { user, remote })
  } finally {
    setDeadline(0)
  }
}

async function runSession(options: LoginOptions, transaction: PamTransaction, account: Account): Promise<void> {
  const { fd, agent, prepareSession, log, stepTime = defaultStepTime } = options
  const steps: (() => void | Promise<void>)[] = []
  try {
    setDeadline(stepTime)
    assertSuccess(transaction, transaction.setCredentials(pam.credentials.establish), 'set credentials')
    steps.push(() => void transaction.setCredentials(pam.credentials.remove))
    // Without a type pam_systemd treats the session as a background job. Cockpit's sessions have this type.
    transaction.putEnvironment('XDG_SESSION_TYPE=web')
    assertSuccess(transaction, transaction.openSession(), 'open a session')
    steps.push(() => void transaction.closeSession())
    if (transaction.user() !== account.name)
      throw new ProblemError('access-denied', 'PAM opened the session for another user; it was ended.')
    const environment = agentEnvironment(account, transaction.environment())
    const prepared = prepareSession(account, environment)
    steps.push(() => prepared.release())
    const command = asAccount(options.switchUser, account, agent, { environment: { ...environment, ...prepared.environment } })
    const [program, ...args] = prepared.wrap?.(command.argv) ?? command.argv
    sendControl(fd, { command: 'agent', user: account.name })
    closeOnExec()
    const child = spawn(program!, args, {
      cwd: '/',
      env: command.environment,
      stdio: [fd, fd, 'pipe'],
      detached: true,
    })
    relayLines(child.stderr!, (line) => log(`agent of ${account.name}: ${line}`))
    setDeadline(0)
    await ended(child)
  } catch (error) {
    const { message } = ProblemError.from(error)
    log(`session of ${account.name} failed: ${message}`)
    refuse(fd, 'internal-error', message)
  } finally {
    for (const undo of steps.reverse()) {
      setDeadline(stepTime)
      try {
        await undo()
      } catch (error) {
        log(`session of ${account.name} was not fully undone: ${ProblemError.from(error).message}`)
      }
    }
    setDeadline(0)
  }
}

function assertSuccess(transaction: PamTransaction, code: number, what: string): void {
  if (code !== pam.success) throw new ProblemError('internal-error', `PAM could not ${what}: ${transaction.describe(code)}.`)
}

/** A clean environment; variables of PAM's modules take precedence. */
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
    // The server has disconnected.
  }
}
