import type { Duplex } from 'node:stream'
import type { Problem } from '../protocol/index.ts'
import type { Authenticator } from './login/authenticator.ts'
import type { Certificate } from './http/certificate.ts'

/** How a server is set up. Times are in milliseconds. */
export interface ServerOptions {
  /** The address to listen on; 127.0.0.1 unless given. */
  address?: string
  /** The port to listen on; 0 takes any free one. */
  port: number
  /** Certificate and key; without, plain HTTP. */
  tls?: Certificate
  /** The folder with the page. */
  page?: string
  /** Folders with Cockpit packages, the first that has a package wins. */
  packages?: readonly string[]
  /** What the session's cookie is named by, together with the port; `cockpit` unless given. */
  cookie?: string
  /** Who may log in. */
  authenticator?: Authenticator
  /** A session without login, opened by its one-time address. */
  local?: LocalSession
  /** Origins besides the server's own that may open the websocket, such as a proxy's `https://host`. */
  origins?: readonly string[]
  /** Names in a `Host` header besides those of the machine, the certificate and `origins`; `*.example.org` is one label. */
  hostNames?: readonly string[]
  /** A session is usable only from the address it was made from. */
  bindAddress?: boolean
  /** Sessions that one user may have; 16 unless given. */
  maxSessionsPerUser?: number
  /** Takes lines for the log; no secrets are in them. */
  log?: (line: string) => void
  /** Called for every login, refused login and end of a session. */
  audit?: (event: AuditEvent) => void
  times?: Partial<Times>
  connections?: Partial<ConnectionLimits>
}

/** An audit record of a session. */
export interface AuditEvent {
  event: 'login' | 'logout' | 'end'
  /** The account; of a refused login the name that was given, which may be anything, a password too. */
  user: string
  /** The client's address. */
  address: string
  /** `ok`, or why it was refused. */
  result: string
  /** Why a session ended without a logout. */
  reason?: Problem
  /** Milliseconds that the login took, or the session lasted. */
  duration: number
}

/** How many connections a server has at a time. */
export interface ConnectionLimits {
  /** From one address; of IPv6, from one /64 network. */
  perAddress: number
  /** From an address of this host, which may be a proxy for many. */
  perLoopback: number
  inAll: number
}

export const defaultConnections: ConnectionLimits = { perAddress: 256, perLoopback: 1024, inAll: 4096 }

/** A session of the user who runs the server. */
export interface LocalSession {
  user: string
  /** Starts an agent; called again for a new page after it has ended. */
  startAgent(): Duplex
  /** Called when the session has ended, so that a new one-time address can be printed. */
  ended?(): void
}

/** The server's timeouts and intervals. */
export interface Times {
  /** Timeout of a request's head; for the first request of a connection, from the start of the TLS handshake. */
  requestHead: number
  /** Idle timeout of a request's connection. Longer than a login takes. */
  requestIdle: number
  /** Minimum time of a refused login, so that timing reveals nothing. */
  refusal: number
  /** Timeout of an authentication up to its result or a question. */
  authentication: number
  /** Timeout of the user's answer to a question. */
  answer: number
  /** Timeout of a session without pages. */
  sessionIdle: number
  /** The same, if the last page was disconnected uncleanly. */
  sessionDisconnected: number
  /** Lifetime of a ticket for a download or another tab. */
  ticket: number
  /** Between pings. */
  ping: number
  /** Idle timeout of a page. */
  pageIdle: number
}

export const defaultTimes: Times = {
  requestHead: 10_000,
  requestIdle: 120_000,
  refusal: 3_000,
  authentication: 30_000,
  answer: 60_000,
  sessionIdle: 15_000,
  sessionDisconnected: 300_000,
  ticket: 30_000,
  ping: 5_000,
  pageIdle: 30_000,
}
