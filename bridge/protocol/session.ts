/**
 * What binds a session to the pages of one origin. Cookies know no ports: a server on any other port of the same host
 * is sent the session's cookie (RFC 6265 section 8.5), so that the cookie alone opens nothing. A second secret, which
 * a login's answer gives once, is kept in the tab's sessionStorage, where only scripts of the same origin can read it.
 */

/** The field of a login's answer that holds the secret. */
export const secretField = 'session-secret'

/** The key in a tab's sessionStorage that holds the secret. */
export const secretKey = 'bridge.session-secret'

/** What comes before the secret in the sub-protocol that a page offers beside `cockpit1`. The server never chooses it. */
export const secretProtocolPrefix = 'session.'

/** The name in the fragment of the address that a one-time address leads to: `/#ticket=…`. */
export const ticketFragment = 'ticket'

/** The parameter of the page's address that names the package page to go back to after a login. */
export const returnParameter = 'return'

/** The use of a ticket: a download by its URL, or a secret for another tab of the same browser. */
export type TicketUse = 'channel' | 'hand-over'

/**
 * The `Authorization` schemes that redeem a ticket at `/cockpit/login` for a secret: one that another tab handed over, and
 * the one in the address that a one-time address led to. A page cannot get the latter kind from the server: otherwise a
 * link could put a user into the session of the link's author.
 */
export const ticketSchemes = { handOver: 'Ticket', once: 'Once' } as const

/** Whether `text` has the form of a secret or a ticket: 256 bits in base64url. */
export function isSecret(text: unknown): text is string {
  return typeof text === 'string' && /^[A-Za-z0-9_-]{43}$/.test(text)
}

/** One of a user's login sessions, as the server lists them. */
export interface ListedSession {
  /** Names it to `end-session`; it opens nothing. */
  id: string
  /** Milliseconds since 1970: when it began, and when a page last asked for something. */
  since: number
  active: number
  /** The address it was made from. */
  address: string
  /** The `User-Agent` it was made with, cut to {@link maxBrowserText}; empty where there was none. */
  browser: string
  /** Pages that are open in it. */
  pages: number
  /** Whether it is the session of the page that asks. */
  current: boolean
}

/** Characters kept of a `User-Agent`. */
export const maxBrowserText = 200
