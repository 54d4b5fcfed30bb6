import { ProblemError } from '../protocol/index.ts'
import { randomBytes } from 'node:crypto'
import { type Account, findAccount } from './account.ts'
import { setDeadline } from './deadline.ts'
import { pam, type PamTransaction, startPam } from './libpam.ts'
import { hasLoginShell } from './shells.ts'
import { mayRootLogIn, type RootLogin } from './root-login.ts'
import { receiveSecret, sendControl } from './wire.ts'

/** A login: the user, and the remote address. */
export interface LoginRequest {
  user: string
  remote: string
}

/** How logins are checked. */
export interface AuthenticationOptions {
  /** The connection to the server. */
  fd: number
  /** PAM's service name. */
  service: string
  rootLogin: RootLogin
  /** Timeout of a step in seconds: PAM's work up to a prompt, and the user's answer. */
  stepTime: number
  /** Logs reasons that are not shown to the user. */
  log(line: string): void
}

/** A successful authentication. */
export interface Authenticated {
  transaction: PamTransaction
  account: Account
}

/**
 * Authenticates a login with PAM; further prompts are sent over `fd`. The first hidden prompt is answered with the password.
 *
 * An account that may not log in here (its shell, or root from elsewhere) is handled as in sshd: PAM gets a wrong password in
 * place of the right one, so that response, timing and the counters of PAM's modules are those of a wrong password.
 * @throws ProblemError `authentication-failed`; `access-denied` where the password was right and PAM says that the account
 *   may still not be used, with its reason.
 */
export function authenticate(options: AuthenticationOptions, request: LoginRequest): Authenticated {
  // An unknown name may be mapped by PAM's modules.
  const allowed = lookUp(options, request.user, request.remote) !== 'closed'
  const transaction = startPam(options.service, request.user, conversation(options, allowed))
  try {
    transaction.setItem(pam.item.remoteHost, request.remote)
    // Cockpit's name for it.
    transaction.putEnvironment(`COCKPIT_REMOTE_PEER=${request.remote}`)
    if (transaction.authenticate() !== pam.success || !allowed) throw refusal()
    let code = transaction.checkAccount()
    if (code === pam.newPasswordRequired) code = transaction.changeExpiredPassword()
    // Modules may have changed the name: look up the final one.
    const account = lookUp(options, transaction.user(), request.remote)
    if (account === 'unknown' || account === 'closed') throw refusal()
    if (code !== pam.success)
      throw new ProblemError('access-denied', `This account may not log in: ${transaction.describe(code)}.`)
    return { transaction, account }
  } catch (error) {
    transaction.end()
    throw error
  }
}

/** The same for an unknown user, a wrong password, and an account that may not log in here. */
function refusal(): ProblemError {
  return new ProblemError('authentication-failed', 'Wrong user name or password.')
}

/** The account, if there is one of exactly this name and it may log in from there. */
function lookUp({ rootLogin, log }: AuthenticationOptions, name: string, remote: string): Account | 'unknown' | 'closed' {
  let account: Account
  try {
    account = findAccount(name)
  } catch (error) {
    if (ProblemError.from(error).problem === 'not-found') return 'unknown'
    throw error
  }
  const why = refusalReason(account, rootLogin, remote)
  if (why === undefined) return account
  log(`login of ${account.name} from ${remote} is refused: ${why}`)
  return 'closed'
}

function refusalReason(account: Account, rootLogin: RootLogin, remote: string): string | undefined {
  if (!hasLoginShell(account)) return `its shell ${account.shell} is no login shell (/etc/shells)`
  if (account.uid === 0 && !mayRootLogIn(rootLogin, remote)) return `root may not log in from there (${rootLogin})`
  return undefined
}

function conversation({ fd, stepTime }: AuthenticationOptions, allowed: boolean): Parameters<typeof startPam>[2] {
  let password = true
  let said = ''
  return (style, text) => {
    if (style === 'text' || style === 'error') {
      said = `${said}${text}\n`.slice(-4000)
      return undefined
    }
    try {
      // The password came with the login; everything else is prompted for.
      const first = style === 'hidden' && password
      if (first) password = false
      else sendControl(fd, { command: 'question', prompt: `${said}${text}`, echo: style === 'shown' })
      said = ''
      setDeadline(stepTime)
      const answer = receiveSecret(fd)
      setDeadline(stepTime)
      // An empty password is always wrong, even if a module would accept it.
      return allowed && !(first && answer.length === 0) ? answer : wrongPassword(answer)
    } catch {
      return undefined
    }
  }
}

/** A random password in place of one that must not be tried. */
function wrongPassword(answer: Buffer): Buffer {
  answer.fill(0)
  return Buffer.from(randomBytes(24).toString('base64url'))
}
