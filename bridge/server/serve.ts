import { encodeControl, maxWebsocketMessage, type Problem } from '../protocol/index.ts'
import { randomBytes } from 'node:crypto'
import { createServer as createPlain, type IncomingMessage, type RequestListener, type Server as HttpServer } from 'node:http'
import { createServer as createSecure } from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { takeEither } from './either.ts'
import { createLogin } from './login.ts'
import { defaultTimes, type ServerOptions, type Times } from './options.ts'
import { route, type Routes, sessionToken } from './routes.ts'
import { openSession, type Session } from './session.ts'

/** Sessions that a server keeps; further logins are refused. */
const maxSessions = 512

/** A running server. */
export interface RunningServer {
  readonly port: number
  /** `https://127.0.0.1:9090`. */
  readonly url: string
  /** A one-time address of the local session: using it once makes it void. */
  oneTimeUrl(): string
  /** Ends all sessions and stops listening. Idempotent. */
  close(): Promise<void>
}

/** Starts a server. Rejects with the system's error where the address or port cannot be had. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const times: Times = { ...defaultTimes, ...options.times }
  const secure = options.tls !== undefined
  const cookieName = options.cookie ?? 'cockpit'
  const sessions = openSessions(options, times)
  const cookie = (session: Session): string => `${cookieName}=${session.token}; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`
  const login = options.authenticator === undefined ? undefined : createLogin({
    authenticator: options.authenticator,
    times,
    log: options.log ?? (() => {}),
    begin: (user, { agent }) => {
      const session = sessions.begin(user, agent)
      return { cookie: cookie(session), csrfToken: session.csrfToken }
    },
  })
  const sessionOf = (request: IncomingMessage): Session | undefined => sessions.find(sessionToken(request, cookieName))
  const routes: Routes = {
    options,
    secure,
    login,
    sessionOf,
    useToken: (token) => {
      const session = sessions.useToken(token)
      return session === undefined ? undefined : cookie(session)
    },
  }
  const http = createHttp(options, (request, response) => {
    route(routes, request, response).catch((error: unknown) => {
      options.log?.(`request failed: ${error instanceof Error ? error.message : String(error)}`)
      if (response.headersSent) response.destroy()
      else response.writeHead(500, { Connection: 'close' }).end()
    })
  })
  serveWebsockets(http, options, secure, sessionOf)
  const listener = secure ? takeEither(http) : http
  const sockets = trackSockets(listener)
  await listen(listener, options)
  const { port } = listener.address() as AddressInfo
  const host = options.address ?? '127.0.0.1'
  const url = `${secure ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`
  let closed: Promise<void> | undefined
  return {
    port,
    url,
    oneTimeUrl: () => `${url}/login/once/${sessions.newToken()}`,
    close: () => (closed ??= new Promise((resolve) => {
      login?.close()
      sessions.endAll()
      listener.close(() => resolve())
      http.closeAllConnections()
      setTimeout(() => {
        for (const socket of sockets) socket.destroy()
      }, 200)
    })),
  }
}

function createHttp(options: ServerOptions, listener: RequestListener): HttpServer {
  const limits = { maxHeaderSize: 8192, requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 15_000 }
  const server = options.tls === undefined
    ? createPlain(limits, listener)
    : createSecure({ ...limits, ...options.tls, minVersion: 'TLSv1.2', handshakeTimeout: 10_000 }, listener)
  server.maxConnections = 4096
  server.on('clientError', (_error, socket: Duplex) => socket.destroy())
  server.on('tlsClientError', (_error, socket: Duplex) => socket.destroy())
  return server
}

function serveWebsockets(http: HttpServer, options: ServerOptions, secure: boolean, sessionOf: (request: IncomingMessage) => Session | undefined): void {
  const websockets = new WebSocketServer({ noServer: true, maxPayload: maxWebsocketMessage - 1, handleProtocols: () => 'cockpit1' })
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const refuse = (status: string): void => void socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    if (!/^\/cockpit(\+[^/]*)?\/socket$/.test(request.url ?? '')) return refuse('404 Not Found')
    if (!ownOrigin(request, secure, options.origins ?? [])) return refuse('403 Forbidden')
    const offered = String(request.headers['sec-websocket-protocol'] ?? '').split(',').map((each) => each.trim())
    if (!offered.includes('cockpit1')) return refuse('400 Bad Request')
    websockets.handleUpgrade(request, socket, head, (opened) => {
      const session = sessionOf(request)
      if (session !== undefined) return session.attach(opened)
      opened.send(`\n${encodeControl({ command: 'init', version: 1, problem: 'no-session' })}`)
      opened.close(1000)
    })
  })
}

/** Whether a websocket is asked for by a page of this server. A browser always says; without, it is refused. */
function ownOrigin(request: IncomingMessage, secure: boolean, others: readonly string[]): boolean {
  const { origin, host } = request.headers
  if (origin === undefined || host === undefined) return false
  return origin.toLowerCase() === `${secure ? 'https' : 'http'}://${host}`.toLowerCase() || others.includes(origin)
}

function openSessions(options: ServerOptions, times: Times) {
  const sessions = new Map<string, Session>()
  const tokens = new Set<string>()
  const add = (user: string, agent: Duplex | undefined, startAgent: (() => Duplex) | undefined): Session => {
    const session: Session = openSession({
      user, agent, startAgent, times,
      ended: (problem: Problem) => {
        sessions.delete(session.token)
        options.log?.(`session of ${user} ended (${problem})`)
        if (startAgent !== undefined && !closing) options.local?.ended?.()
      },
    })
    sessions.set(session.token, session)
    return session
  }
  let closing = false
  return {
    find: (token: string | undefined) => (token === undefined ? undefined : sessions.get(token)),
    begin: (user: string, agent: Duplex): Session => {
      if (sessions.size >= maxSessions) {
        agent.destroy()
        throw new Error(`more than ${maxSessions} sessions`)
      }
      return add(user, agent, undefined)
    },
    newToken: (): string => {
      const token = randomBytes(32).toString('base64url')
      tokens.add(token)
      return token
    },
    useToken: (token: string): Session | undefined => {
      const { local } = options
      if (local === undefined || !tokens.delete(token)) return undefined
      return add(local.user, undefined, () => local.startAgent())
    },
    endAll: () => {
      closing = true
      for (const session of [...sessions.values()]) session.end('disconnected', 'The server stops.')
    },
  }
}

function listen(server: Server, { address = '127.0.0.1', port }: ServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: address, port }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function trackSockets(server: Server): Set<Socket> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}
