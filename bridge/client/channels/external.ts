import type { TicketUse } from '../../protocol/index.ts'
import type { Greeting } from '../bridge-events.ts'
import type { ChannelOptions } from './channel.ts'
import { basePath } from '../connection.ts'

/** How the browser downloads the data of a channel. */
export interface External {
  fileName: string
  contentType: string
}

/**
 * The URL at which the browser downloads the data of a channel, of any size. It is valid in this
 * session only, and with tickets once and for 30 seconds. Undefined if the server has neither tickets nor a token.
 */
export async function externalUrl(
  bridge: { readonly ready: Promise<Greeting>; ticket(use: TicketUse): Promise<string> },
  options: ChannelOptions,
  { fileName, contentType }: External,
): Promise<string | undefined> {
  const { csrfToken, capabilities } = await bridge.ready
  const token = capabilities.includes('tickets') ? await bridge.ticket('channel') : csrfToken
  if (token === undefined) return undefined
  const plain = fileName.replace(/[^\w.+@-]/g, '_')
  const disposition = `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(fileName).replaceAll("'", '%27')}`
  const json = JSON.stringify({
    binary: 'raw',
    ...options,
    external: { 'content-disposition': disposition, 'content-type': contentType },
  })
  const base64 = btoa(Array.from(new TextEncoder().encode(json), (byte) => String.fromCharCode(byte)).join(''))
  return `${basePath(globalThis.location?.pathname ?? '/')}/channel/${token}?${base64}`
}
