import type { IncomingMessage } from 'node:http'
import { cookieOf } from '../http/headers.ts'
import type { ServerOptions } from '../options.ts'

/** The cookie of a session. It has the server's port in its name, since cookies know none and there may be other servers. */
export interface SessionCookie {
  /** Known once the server listens. */
  port: number
  /** The header that sets it. */
  set(token: string): string
  /** Its value in a request. */
  read(request: IncomingMessage): string | undefined
}

/**
 * Over TLS its name begins with `__Host-` (RFC 6265bis section 4.1.3.2), which browsers take only from TLS, for this
 * host alone and for all paths: a plain server on another port cannot put another in its place.
 */
export function openCookie({ cookie = 'cockpit', tls }: ServerOptions): SessionCookie {
  const secure = tls !== undefined
  const name = (port: number): string => `${secure ? '__Host-' : ''}${cookie}-${port}`
  return {
    port: 0,
    set(token) {
      return `${name(this.port)}=${token}; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`
    },
    read(request) {
      return cookieOf(request.headers.cookie, name(this.port))
    },
  }
}
