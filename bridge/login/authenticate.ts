import { ProblemError } from '../protocol/index.ts'
import { pam, type PamTransaction, startPam } from './libpam.ts'
import { receiveSecret, sendControl } from './wire.ts'

/** Where a login comes from, and for whom. */
export interface LoginRequest {
  user: string
  remote: string
}

/** The same for an unknown user and a wrong password. */
const refused = 'Wrong user name or password.'

/**
 * Checks a login with PAM, asking over `fd` what else it wants to know. The first secret asked for is the password.
 * @throws ProblemError `authentication-failed`; `access-denied` where the password was right and the account may still
 *   not be used, with PAM's reason.
 */
export function authenticate(fd: number, service: string, request: LoginRequest): PamTransaction {
  const transaction = startPam(service, request.user, conversation(fd))
  try {
    transaction.setItem(pam.item.remoteHost, request.remote)
    if (transaction.authenticate() !== pam.success) throw new ProblemError('authentication-failed', refused)
    let code = transaction.checkAccount()
    if (code === pam.newPasswordRequired) code = transaction.changeExpiredPassword()
    if (code !== pam.success)
      throw new ProblemError('access-denied', `This account may not log in: ${transaction.describe(code)}.`)
    return transaction
  } catch (error) {
    transaction.end()
    throw error
  }
}

function conversation(fd: number): Parameters<typeof startPam>[2] {
  let password = true
  let said = ''
  return (style, text) => {
    if (style === 'text' || style === 'error') {
      said = `${said}${text}\n`.slice(-4000)
      return undefined
    }
    try {
      // The password came with the login; everything else has to be asked for.
      if (style === 'hidden' && password) password = false
      else sendControl(fd, { command: 'question', prompt: `${said}${text}`, echo: style === 'shown' })
      said = ''
      return receiveSecret(fd)
    } catch {
      return undefined
    }
  }
}
