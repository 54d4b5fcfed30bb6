import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { encodeControl, maxWebsocketMessage } from '../protocol/index.ts'
import type { Session } from './session.ts'

/** How websockets are taken. */
export interface WebsocketOptions {
  secure: boolean
  /** Origins besides the server's own. */
  origins: readonly string[]
  sessionOf(request: IncomingMessage): Session | undefined
}

/** Takes websockets for pages that have a session; the others are told `no-session`. */
export function serveWebsockets(http: Server, options: WebsocketOptions): void {
  const websockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxWebsocketMessage - 1,
    handleProtocols: () => 'cockpit1',
  })
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const status = refusal(request, options)
    if (status !== undefined) {
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    websockets.handleUpgrade(request, socket, head, (opened) => {
      const session = options.sessionOf(request)
      if (session !== undefined) return session.attach(opened)
      opened.send(`\n${encodeControl({ command: 'init', version: 1, problem: 'no-session' })}`)
      opened.close(1000)
    })
  })
}

function refusal(request: IncomingMessage, { secure, origins }: WebsocketOptions): string | undefined {
  if (!/^\/cockpit(\+[^/]*)?\/socket$/.test(request.url ?? '')) return '404 Not Found'
  if (!ownOrigin(request, secure, origins)) return '403 Forbidden'
  const offered = String(request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((each) => each.trim())
  return offered.includes('cockpit1') ? undefined : '400 Bad Request'
}

/** Whether a websocket is asked for by a page of this server. A browser always says; without, it is refused. */
function ownOrigin(request: IncomingMessage, secure: boolean, others: readonly string[]): boolean {
  const { origin, host } = request.headers
  if (origin === undefined || host === undefined) return false
  return origin.toLowerCase() === `${secure ? 'https' : 'http'}://${host}`.toLowerCase() || others.includes(origin)
}
