import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { encodeControl, maxWebsocketMessage, secretProtocolPrefix } from '../../protocol/index.ts'
import type { HostState } from '../http/host-names.ts'
import type { Session } from '../session/session.ts'
import { rejectWebsocket } from './tab-writer.ts'

/** Options for websockets. */
export interface WebsocketOptions {
  secure: boolean
  /** Origins besides the server's own. */
  origins: readonly string[]
  checkHost(header: string | undefined): HostState
  /** The session that a request's cookie names. */
  sessionOf(request: IncomingMessage): Session | undefined
}

/** Accepts websockets of pages with a session's cookie and a secret of it; others get `no-session`. */
export function serveWebsockets(http: Server, options: WebsocketOptions): void {
  const websockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxWebsocketMessage - 1,
    handleProtocols: () => 'cockpit1',
    // A tab answers pings itself, through its queue.
    autoPong: false,
  })
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const status = refusal(request, options)
    if (status !== undefined) {
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    websockets.handleUpgrade(request, socket, head, (opened) => {
      // Invalid frames end a websocket, also a refused one; without a listener they would end the server.
      opened.on('error', () => opened.terminate())
      const session = options.sessionOf(request)
      if (session?.secrets.holds(offeredSecret(request)) === true) return session.attach(opened)
      rejectWebsocket(opened, encodeControl({ command: 'init', version: 1, problem: 'no-session' }))
    })
  })
}

function refusal(request: IncomingMessage, { secure, origins, checkHost }: WebsocketOptions): string | undefined {
  const host = checkHost(request.headers.host)
  if (host !== 'own') return host === 'foreign' ? '421 Misdirected Request' : '400 Bad Request'
  if (!/^\/cockpit(\+[^/]*)?\/socket$/.test(request.url ?? '')) return '404 Not Found'
  if (!ownOrigin(request, secure, origins)) return '403 Forbidden'
  return offeredProtocols(request).includes('cockpit1') ? undefined : '400 Bad Request'
}

function offeredProtocols(request: IncomingMessage): string[] {
  return String(request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((each) => each.trim())
}

/** The secret that a page offers as a second sub-protocol: a page can set no header of a websocket but this. */
function offeredSecret(request: IncomingMessage): string | undefined {
  return offeredProtocols(request)
    .find((each) => each.startsWith(secretProtocolPrefix))
    ?.slice(secretProtocolPrefix.length)
}

/** Whether a websocket comes from a page of this server. Browsers always send the origin; without one it is refused. */
function ownOrigin(request: IncomingMessage, secure: boolean, others: readonly string[]): boolean {
  const { origin, host } = request.headers
  if (origin === undefined || host === undefined) return false
  return origin.toLowerCase() === `${secure ? 'https' : 'http'}://${host}`.toLowerCase() || others.includes(origin)
}
