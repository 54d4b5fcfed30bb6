import { isObject, isSecret } from '../../protocol/index.ts'
import type { Bridge } from '../bridge.ts'
import { redeemTicket } from './login.ts'
import { forgetSecret, forgetTabs, mayBeHandedOver } from './secret.ts'

/**
 * How tabs of one browser and origin hand over a session. The requesting tab sends `{ask}`, a random id. A tab with a
 * secret answers `{here}` immediately and then `{answer, ticket}`, a ticket from the server over its own connection:
 * valid once, for 30 seconds and with this browser's cookie. The secret itself is never sent. `{over}`: logged out.
 */
const channelName = 'bridge.session'

/** Milliseconds to wait for `{here}`: if another tab is likely, and if none is known. */
const helloTimeout = { likely: 1_500, unlikely: 300 }

/** Milliseconds to wait for the ticket. */
const ticketTimeout = 8_000

/** Requests a secret from other tabs; returns whether this tab has one. Never rejects. */
export async function askOtherTabs(): Promise<boolean> {
  if (typeof BroadcastChannel === 'undefined') return false
  const channel = new BroadcastChannel(channelName)
  try {
    const ticket = await waitForTicket(channel)
    return ticket !== undefined && (await redeemTicket('handOver', ticket))
  } catch {
    return false
  } finally {
    channel.close()
  }
}

function waitForTicket(channel: BroadcastChannel): Promise<string | undefined> {
  return new Promise((resolve) => {
    const ask = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
    let timer = setTimeout(() => resolve(undefined), mayBeHandedOver() ? helloTimeout.likely : helloTimeout.unlikely)
    channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (!isObject(data)) return
      if (data['here'] === ask) {
        clearTimeout(timer)
        timer = setTimeout(() => resolve(undefined), ticketTimeout)
      }
      if (data['answer'] !== ask || !isSecret(data['ticket'])) return
      clearTimeout(timer)
      resolve(data['ticket'])
    })
    channel.postMessage({ ask })
  })
}

/** Answers other tabs while `bridge` has its session, and removes the secret in all tabs when it ends. */
export function answerOtherTabs(bridge: Bridge): void {
  const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(channelName)
  const answer = async (ask: string): Promise<void> => {
    channel?.postMessage({ here: ask })
    channel?.postMessage({ answer: ask, ticket: await bridge.ticket('hand-over') })
  }
  channel?.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (!isObject(data)) return
    const { ask, over } = data
    if (typeof ask === 'string' && ask.length <= 64 && bridge.state === 'ready') {
      answer(ask).catch(() => {
        // The other tab shows the login form instead.
      })
    }
    // A connected tab learns it from the server.
    if (over === true && bridge.state !== 'ready') forgetSecret()
  })
  bridge.on('ended', ({ problem }) => {
    if (problem === 'terminated') {
      forgetTabs()
      channel?.postMessage({ over: true })
    }
    if (problem !== 'access-denied') forgetSecret()
    channel?.close()
  })
}
