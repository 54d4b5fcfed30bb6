import type { Duplex } from 'node:stream'
import type { Authenticator } from './authenticator.ts'

/** How a server is set up. Times are in milliseconds. */
export interface ServerOptions {
  /** The address to listen on; 127.0.0.1 unless given. */
  address?: string
  /** The port to listen on; 0 takes any free one. */
  port: number
  /** Certificate and key in PEM; without, plain HTTP. */
  tls?: { cert: string; key: string }
  /** The folder with the page. */
  page?: string
  /** Folders with Cockpit packages, the first that has a package wins. */
  packages?: readonly string[]
  /** The session's cookie; `cockpit` unless given. */
  cookie?: string
  /** Who may log in. */
  authenticator?: Authenticator
  /** A session without login, for whoever has its one-time address. */
  local?: LocalSession
  /** Origins besides the server's own that may open the websocket, such as a proxy's `https://host`. */
  origins?: readonly string[]
  /** Takes lines for the log; no secrets are in them. */
  log?: (line: string) => void
  times?: Partial<Times>
}

/** A session of the user who runs the server. */
export interface LocalSession {
  user: string
  /** Starts an agent; called again when one ended and a page comes back. */
  startAgent(): Duplex
  /** Called when the session has ended, so that another one-time address can be told. */
  ended?(): void
}

/** The server's patience. */
export interface Times {
  /** A refused login takes at least so long, so that its time tells nothing. */
  refusal: number
  /** For an authentication to come to a result or a question. */
  authentication: number
  /** For the person to answer a question. */
  answer: number
  /** A session without any page ends after this. */
  unused: number
  /** The same, when the last page did not leave but was cut off. */
  cutOff: number
  /** Between pings. */
  ping: number
  /** A page that says nothing for so long is cut off. */
  silence: number
}

export const defaultTimes: Times = {
  refusal: 3_000,
  authentication: 30_000,
  answer: 60_000,
  unused: 15_000,
  cutOff: 300_000,
  ping: 5_000,
  silence: 30_000,
}
