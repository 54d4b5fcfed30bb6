import type { IncomingMessage } from 'node:http'
import { maxBrowserText } from '../protocol/index.ts'

/** The client that created a session: address and browser of its request. */
export interface Client {
  /** Without the prefix that an IPv4 address has on an IPv6 socket. */
  address: string
  /** The `User-Agent`, printable and bounded; empty without one. */
  browser: string
}

/** The client of a request. Behind a proxy the address is the proxy's. */
export function clientOf(request: IncomingMessage): Client {
  const browser = String(request.headers['user-agent'] ?? '').replaceAll(/[^\x20-\x7e]/g, '')
  return { address: addressOf(request), browser: browser.slice(0, maxBrowserText) }
}

/** The address that a request comes from. */
export function addressOf(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? 'unknown').replace(/^::ffff:(?=\d+\.)/, '')
}
