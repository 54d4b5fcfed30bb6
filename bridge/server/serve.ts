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
import { addressOf, clientOf } from './client.ts'
import { type Admission, openAdmission, startConnectionChecks } from './http/admission.ts'
import { serveTlsOrPlain } from './http/tls-or-plain.ts'
import { checkHosts } from './http/host-names.ts'
import { createLogin } from './login/login.ts'
import { defaultTimes, type ServerOptions, type Times } from './options.ts'
import { route, type Routes } from './http/routes.ts'
import { openCookie, type SessionCookie } from './session/session-cookie.ts'
import { openSessionTable, type SessionTable } from './session/session-table.ts'
import { serveWebsockets } from './tabs/websockets.ts'

/** A running server. */
export interface RunningServer {
  readonly port: number
  /** `https://127.0.0.1:9090`. */
  readonly url: string
  /** A one-time address of the local session: valid once. */
  oneTimeUrl(): string
  /** Ends all sessions and stops listening. Idempotent. */
  close(): Promise<void>
}

/** Milliseconds until open connections are destroyed when the server closes. */
const closeTimeout = 200

/** Starts a server. Rejects with the system's error if the address or port is not available. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const times: Times = { ...defaultTimes, ...options.times }
  const secure = options.tls !== undefined
  const sessions = openSessionTable(options, times)
  const cookie = openCookie(options)
  const routes = createRoutes(options, times, sessions, cookie)
  const http = createHttp(options, times, (request, response) => void answer(routes, request, response))
  const { sessionOf, checkHost } = routes
  serveWebsockets(http, { secure, origins: options.origins ?? [], sessionOf, checkHost })
  const admission = openAdmission(options.connections, times.requestHead)
  const listener = secure ? serveTlsOrPlain(http, admission) : http
  watchRequests(http, admission)
  const sockets = trackSockets(listener)
  listener.on('connection', (socket: Socket) => admission.admit(socket))
  await listen(listener, options)
  const url = urlOf(listener, options, secure)
  cookie.port = Number(new URL(url).port)
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      routes.login?.close()
      sessions.endAll()
      listener.close(() => resolve())
      http.closeAllConnections()
      setTimeout(() => {
        for (const socket of sockets) socket.destroy()
      }, closeTimeout)
    })
  let closed: Promise<void> | undefined
  return {
    port: cookie.port,
    url,
    oneTimeUrl: () => `${url}/login/once/${sessions.newToken()}`,
    close: () => (closed ??= close()),
  }
}

function createRoutes(options: ServerOptions, times: Times, sessions: SessionTable, cookie: SessionCookie): Routes {
  const { authenticator, origins = [], hostNames = [], tls } = options
  const secure = tls !== undefined
  const begin = (user: string, agent: Duplex, request: IncomingMessage): { cookie: string; secret: string } => {
    const session = sessions.begin(user, agent, clientOf(request))
    return { cookie: cookie.set(session.token), secret: session.secrets.issue() }
  }
  return {
    options,
    secure,
    login:
      authenticator === undefined
        ? undefined
        : createLogin({ authenticator, times, log: options.log ?? (() => {}), audit: options.audit, begin }),
    checkHost: checkHosts({
      names: [...hostNames, ...origins.flatMap((each) => (URL.canParse(each) ? [new URL(each).hostname] : []))],
      ...(tls === undefined ? {} : { certificate: tls.cert }),
    }),
    sessionOf: (request) => {
      const session = sessions.find(cookie.read(request))
      return options.bindAddress === true && session?.address !== addressOf(request) ? undefined : session
    },
    useToken: (token, request) => {
      const session = sessions.useToken(token, clientOf(request))
      return session === undefined ? undefined : { cookie: cookie.set(session.token), ticket: session.secrets.ticket('once') }
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

function createHttp(options: ServerOptions, { requestHead, requestIdle }: Times, listener: RequestListener): HttpServer {
  const limits = {
    maxHeaderSize: 8192,
    // Only uploads have a body, which takes as long as it takes; on an idle connection `requestIdle` counts.
    requestTimeout: 0,
    headersTimeout: requestHead,
    keepAliveTimeout: 15_000,
    connectionsCheckingInterval: Math.min(1_000, requestHead),
  }
  const server =
    options.tls === undefined
      ? createPlain(limits, listener)
      : createSecure({ ...limits, ...options.tls, minVersion: 'TLSv1.2', handshakeTimeout: 10_000 }, listener)
  server.timeout = requestIdle
  startConnectionChecks(server)
  server.on('clientError', (_error, socket: Duplex) => socket.destroy())
  server.on('tlsClientError', (_error, socket: Duplex) => socket.destroy())
  return server
}

function urlOf(server: Server, { address = '127.0.0.1' }: ServerOptions, secure: boolean): string {
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

function watchRequests(http: HttpServer, admission: Admission): void {
  http.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request
    admission.serving(socket)
    response.once('close', () => admission.idle(socket))
  })
  http.on('upgrade', ({ socket }: IncomingMessage) => admission.serving(socket))
}

function trackSockets(server: Server): Set<Socket> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}
