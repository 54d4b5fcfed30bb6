import type { Bridge } from './bridge.ts'
import type { ChannelOptions } from './channel.ts'
import { basePath } from './connection.ts'

/** How the browser shall take what a channel gives. */
export interface External {
  fileName: string
  contentType: string
}

/**
 * The address at which the browser itself takes what a channel gives, as a download of any size. It is good for this
 * session only. Undefined where the server gave no token for it.
 */
export async function externalUrl(
  bridge: Pick<Bridge, 'ready'>,
  options: ChannelOptions,
  { fileName, contentType }: External,
): Promise<string | undefined> {
  const { csrfToken } = await bridge.ready
  if (csrfToken === undefined) return undefined
  const plain = fileName.replace(/[^\w.+@-]/g, '_')
  const disposition = `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(fileName).replaceAll("'", '%27')}`
  const json = JSON.stringify({
    binary: 'raw',
    ...options,
    external: { 'content-disposition': disposition, 'content-type': contentType },
  })
  const base64 = btoa(Array.from(new TextEncoder().encode(json), (byte) => String.fromCharCode(byte)).join(''))
  return `${basePath(globalThis.location?.pathname ?? '/')}/channel/${csrfToken}?${base64}`
}
