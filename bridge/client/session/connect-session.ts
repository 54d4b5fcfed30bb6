import { ProblemError } from '../../protocol/index.ts'
import type { Bridge } from '../bridge.ts'
import type { ConnectOptions } from '../bridge-connection.ts'
import { connect } from '../connect.ts'
import { inCockpitFrame } from '../connection.ts'
import { answerOtherTabs, askOtherTabs } from './hand-over.ts'
import { redeemTicket } from './login.ts'
import { forgetSecret, readSecret, takeFragment } from './secret.ts'

/**
 * Connects a page to the session of its browser, and resolves once it is connected. The secret that this needs comes with a
 * ticket in the page's address, is in the tab, or is handed over by another tab. Within a shell, and at a server that gives no secrets, none
 * is needed. Rejects with ProblemError: `no-session` if no user is logged in, or a new login is needed.
 */
export async function connectSession(options: ConnectOptions = {}): Promise<Bridge> {
  if (inCockpitFrame()) return connected(options)
  const ticket = takeFragment()
  // A tab that has a secret already keeps it when the ticket is not valid.
  if (ticket !== undefined) await redeemTicket('once', ticket).catch(() => false)
  if (readSecret() === undefined) await askOtherTabs()
  const had = readSecret()
  const bridge = await connected(options).catch(async (error: unknown) => {
    if (had === undefined || !ProblemError.is(error, 'no-session')) throw error
    // The secret belongs to a session that has ended. Another tab may have that of the current session.
    forgetSecret()
    if (!(await askOtherTabs())) throw error
    return connected(options)
  })
  if (readSecret() !== undefined) answerOtherTabs(bridge)
  return bridge
}

async function connected(options: ConnectOptions): Promise<Bridge> {
  const bridge = connect(options)
  await bridge.ready
  return bridge
}
