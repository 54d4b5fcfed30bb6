import { login, type LoginStep, ProblemError } from 'cockpit-ts-bridge/client'

import { _ } from '../../i18n/gettext.ts'

/** A question of PAM's during a login. */
export interface Prompt {
  text: string
  answer(text: string): Promise<LoginResult>
}

/** The result of a login attempt. */
export type LoginResult = { outcome: 'in' } | { outcome: 'asked'; prompt: Prompt } | { outcome: 'refused'; reason: string }

/** Logs in with user name and password. Never rejects. */
export const logIn = (user: string, password: string): Promise<LoginResult> => resultOf(login(user, password))

async function resultOf(attempt: Promise<LoginStep>): Promise<LoginResult> {
  try {
    const step = await attempt
    if (step.kind === 'session') return { outcome: 'in' }
    return { outcome: 'asked', prompt: { text: step.prompt.trim(), answer: (text) => resultOf(step.answer(text)) } }
  } catch (error) {
    return { outcome: 'refused', reason: reasonOf(error) }
  }
}

function reasonOf(error: unknown): string {
  if (!ProblemError.is(error)) return String(error)
  switch (error.problem) {
    case 'authentication-failed':
      return _('Wrong user name or password.')
    case 'access-denied':
      return _('This account is not allowed to log in. Contact an administrator.')
    case 'too-large':
      return _('Too many logins are in progress. Wait a moment and try again.')
    case 'too-many-sessions':
      return _(
        'You have reached the maximum number of sessions. End one in the user menu of an open page, under Sessions. A session without open pages ends automatically.',
      )
    case 'timeout':
      return _('The login timed out. Try again.')
    case 'disconnected':
      return _('The console does not respond. Check that it is running and that the network works, then try again.')
    case 'not-supported':
      return _('This is a local session. Open it with the one-time address that was printed when it started.')
    default:
      return error.message
  }
}
