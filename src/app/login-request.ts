import { login, type LoginStep, ProblemError } from 'cockpit-ts-bridge/client'

import { _ } from '../lib/gettext.ts'

/** A question the host has before it lets somebody in. */
export interface Prompt {
  text: string
  answer(text: string): Promise<LoginResult>
}

/** How an attempt to log in went. */
export type LoginResult = { outcome: 'in' } | { outcome: 'asked'; prompt: Prompt } | { outcome: 'refused'; reason: string }

/** Asks to be let in with an account's name and password. Never rejects. */
export const logIn = (user: string, password: string): Promise<LoginResult> => judge(login(user, password))

async function judge(attempt: Promise<LoginStep>): Promise<LoginResult> {
  try {
    const step = await attempt
    if (step.kind === 'session') return { outcome: 'in' }
    return { outcome: 'asked', prompt: { text: step.prompt.trim(), answer: (text) => judge(step.answer(text)) } }
  } catch (error) {
    return { outcome: 'refused', reason: reasonOf(error) }
  }
}

function reasonOf(error: unknown): string {
  if (!ProblemError.is(error)) return String(error)
  switch (error.problem) {
    case 'authentication-failed':
      return _('The user name or the password is wrong.')
    case 'access-denied':
      return _('This account may not log in here. An administrator can say why.')
    case 'too-many':
    case 'too-large':
      return _('Too many people are logging in right now. Wait a moment and try again.')
    case 'timeout':
      return _('That took too long. Try again.')
    case 'disconnected':
      return _('The console does not answer. Check that it runs and that the network works, then try again.')
    case 'not-supported':
      return _('This is a session of one person. Open it with the address that was printed where it was started.')
    default:
      return error.message
  }
}
