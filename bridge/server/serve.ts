import {
  createServer as createPlain,
  type IncomingMessage,
  type RequestListener,
  type Server as HttpServer,
  type ServerResponse,
} from 'node:http'
import { createServer as createSecure } from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { takeEither } from './either.ts'
import { createLogin } from './login.ts'
import { defaultTimes, type ServerOptions, type Times } from './options.ts'
import { route, type Routes, sessionToken } from './routes.ts'
import type { Session } from './session.ts'
import { openSessionTable, type SessionTable } from './session-table.ts'
import { serveWebsockets } from './websockets.ts'

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

/** Milliseconds that connections have to end when the server closes. */
const farewell = 200

/** Starts a server. Rejects with the system's error where the address or port cannot be had. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const times: Times = { ...defaultTimes, ...options.times }
  const secure = options.tls !== undefined
  const sessions = openSessionTable(options, times)
  const routes = createRoutes(options, times, sessions)
  const http = createHttp(options, (request, response) => void answer(routes, request, response))
  serveWebsockets(http, { secure, origins: options.origins ?? [], sessionOf: routes.sessionOf })
  const listener = secure ? takeEither(http) : http
  const sockets = trackSockets(listener)
  await listen(listener, options)
  const url = addressOf(listener, options, secure)
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      routes.login?.close()
      sessions.endAll()
      listener.close(() => resolve())
      http.closeAllConnections()
      setTimeout(() => {
        for (const socket of sockets) socket.destroy()
      }, farewell)
    })
  let closed: Promise<void> | undefined
  return {
    port: Number(new URL(url).port),
    url,
    oneTimeUrl: () => `${url}/login/once/${sessions.newToken()}`,
    close: () => (closed ??= close()),
  }
}

function createRoutes(options: ServerOptions, times: Times, sessions: SessionTable): Routes {
  const { authenticator, cookie: name = 'cockpit' } = options
  const secure = options.tls !== undefined
  const cookie = (session: Session): string =>
    `${name}=${session.token}; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`
  const begin = (user: string, agent: Duplex): { cookie: string; csrfToken: string } => {
    const session = sessions.begin(user, agent)
    return { cookie: cookie(session), csrfToken: session.csrfToken }
  }
  return {
    options,
    secure,
    login: authenticator === undefined ? undefined : createLogin({ authenticator, times, log: options.log ?? (() => {}), begin }),
    sessionOf: (request) => sessions.find(sessionToken(request, name)),
    useToken: (token) => {
      const session = sessions.useToken(token)
      return session === undefined ? undefined : cookie(session)
    },
  }
}

async function answer(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await route(routes, request, response)
  } catch (error) {
    routes.options.log?.(`request failed: ${error instanceof Error ? error.message : String(error)}`)
    if (response.headersSent) response.destroy()
    else response.writeHead(500, { Connection: 'close' }).end()
  }
}

function createHttp(options: ServerOptions, listener: RequestListener): HttpServer {
  const limits = { maxHeaderSize: 8192, requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 15_000 }
  const server =
    options.tls === undefined
      ? createPlain(limits, listener)
      : createSecure({ ...limits, ...options.tls, minVersion: 'TLSv1.2', handshakeTimeout: 10_000 }, listener)
  server.maxConnections = 4096
  server.on('clientError', (_error, socket: Duplex) => socket.destroy())
  server.on('tlsClientError', (_error, socket: Duplex) => socket.destroy())
  return server
}

function addressOf(server: Server, { address = '127.0.0.1' }: ServerOptions, secure: boolean): string {
  const { port } = server.address() as AddressInfo
  return `${secure ? 'https' : 'http'}://${address.includes(':') ? `[${address}]` : address}:${port}`
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
