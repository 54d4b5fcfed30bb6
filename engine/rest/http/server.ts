import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'

import type { Engine } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { ownBytes } from '../../lib/async/owned-bytes.ts'
import { createLogger, type Logger } from '../../lib/log.ts'
import { answer, type OnFailure } from '../routing/answer.ts'
import { failureReply } from '../routing/dialect.ts'
import { isOurs } from '../routing/foreign-clients.ts'
import { isDuplex, openPipe } from '../routing/open-pipe.ts'
import { routes } from '../routing/routes.ts'
import { checkOrigin, corsHeaders } from './browser-guard.ts'
import { commonHeaders } from './common-headers.ts'
import { hijackHead, joinPipe, taken } from './hijack.ts'
import { type Listening, listenOnPath, type ListenOptions } from './listen.ts'
import type { TcpAddress } from './listen-tcp.ts'
import type { RestReply, RestRequest } from './message.ts'
import { splitSocket } from './socket-body.ts'
import { writeReply } from './write-reply.ts'

export interface RestServerOptions {
  /** The log of failures: warnings for our own faults, debug lines for the caller's. */
  log?: Logger
  /** Called with the number of running requests, whenever it changes. */
  onActivity?: (inWork: number) => void
  /** The origin whose pages may use the service over TCP, or `*`; none where not given. Its headers are on every answer. */
  cors?: string | undefined
  /** Milliseconds in which the head of a request must arrive; 30,000 unless given. */
  headersTimeout?: number
}

/** The engine's REST API over any number of connections of any kind. */
export interface RestServer {
  /** Serves HTTP on a connection until it ends. Takes it over. */
  handle(connection: Duplex): void
  /**
   * Listens on a unix socket, made with `mode` (0600 by default) and never replacing one that answers.
   *
   * @throws EngineError `AccessDenied`, `StoreUnavailable`, `InvalidArgument`.
   */
  listen(path: string, options?: ListenOptions): Promise<Listening>
  /** Listens on a socket that someone else has bound (systemd's activation). */
  listenOnDescriptor(fd: number): Promise<Listening>
  /**
   * Listens on a TCP port. What is not loopback needs TLS with clients' certificates; pages of browsers are refused.
   *
   * @throws EngineError `AccessDenied`, `StoreUnavailable`, `InvalidArgument`.
   */
  listenOnTcp(address: TcpAddress): Promise<Listening & { port: number }>
  /** Accepts no more connections, cancels running requests and frees all. Idempotent. */
  close(): Promise<void>
}

/** What all handlers of one server share. */
interface Serving {
  engine: Engine
  onFailure: OnFailure
  cors: string | undefined
  /** Connections that a browser could have made; `named`: those of a service that does not know its clients. */
  open: WeakMap<Duplex, { named: boolean }>
  /** Runs `work` with a signal that is aborted when the client disconnects or the server closes. */
  track(connection: Duplex, work: (signal: AbortSignal) => Promise<void>): void
}

const maxHeaders = 64 * 1024
const usualHeadersTimeout = 30_000
const keepAliveTimeout = 60_000

/** Serves an engine. Nothing is opened until {@link RestServer.handle} or {@link RestServer.listen}. */
export function createRestServer(engine: Engine, options: RestServerOptions = {}): RestServer {
  const log = options.log ?? createLogger()
  routes()
  const inWork = new Set<AbortController>()
  const onFailure: OnFailure = (error, operation, requestId) => {
    const level = error.status >= 500 && error.status !== 501 ? 'warn' : 'debug'
    log[level](error.message, { operation, requestId, code: error.code })
  }
  const track: Serving['track'] = (connection, work) => {
    const controller = new AbortController()
    const leave = () => controller.abort()
    connection.once('close', leave)
    inWork.add(controller)
    options.onActivity?.(inWork.size)
    void work(controller.signal).finally(() => {
      connection.off('close', leave)
      inWork.delete(controller)
      options.onActivity?.(inWork.size)
    })
  }
  const connections = new Set<Duplex>()
  const open: Serving['open'] = new WeakMap()
  const server = createHttpServer({ engine, onFailure, track, cors: options.cors, open }, options.headersTimeout)
  server.on('connection', (connection: Duplex) => {
    connections.add(connection)
    connection.once('close', () => connections.delete(connection))
  })
  const listening = listeners(server, open)
  return {
    handle: (connection) => void server.emit('connection', connection),
    listen: listening.listen,
    listenOnDescriptor: listening.listenOnDescriptor,
    listenOnTcp: listening.listenOnTcp,
    close: async () => {
      await listening.close()
      for (const controller of inWork) controller.abort()
      for (const connection of connections) connection.destroy()
    },
  }
}

/** What listens for a server. */
function listeners(
  server: Server,
  open: Serving['open'],
): Pick<RestServer, 'listen' | 'listenOnDescriptor' | 'listenOnTcp' | 'close'> {
  const all = new Set<Listening>()
  const remember = <L extends Listening>(one: L): L => {
    all.add(one)
    return one
  }
  const accept = (connection: Duplex): void => void server.emit('connection', connection)
  return {
    listen: async (path, how) => remember(await listenOnPath(path, accept, how)),
    listenOnDescriptor: async (fd) => remember(await listenOnPath({ fd }, accept)),
    listenOnTcp: async (address) => {
      const { listenOnTcp } = await import('./listen-tcp.ts')
      const named = address.tls?.clientCa === undefined
      const begin = (connection: Duplex): void => {
        open.set(connection, { named })
        accept(connection)
      }
      return remember(await listenOnTcp(address, begin))
    },
    close: async () => {
      await Promise.all(Array.from(all, (each) => each.close()))
    },
  }
}

function createHttpServer(serving: Serving, headersTimeout = usualHeadersTimeout): Server {
  const server = createServer({
    maxHeaderSize: maxHeaders,
    headersTimeout,
    keepAliveTimeout,
    connectionsCheckingInterval: Math.min(5_000, headersTimeout),
    requestTimeout: 0, // archives take as long as they take; JSON bodies have a limit of their own
    requireHostHeader: false, // cockpit-podman sends none
    shouldUpgradeCallback: (request) => isDuplex(request.method ?? '', request.url ?? ''),
  })
  // Node checks the time of heads only in servers that listen; this one is given its connections.
  server.emit('listening')
  server.on('request', (request, response) => serve(serving, request, response))
  server.on('upgrade', (request, socket, head) => upgrade(serving, request, socket, head))
  server.on('checkContinue', (request, response) => {
    response.writeContinue()
    serve(serving, request, response)
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400
    if (socket.writable)
      socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    else socket.destroy()
  })
  return server
}

const asRequest = (request: IncomingMessage, body: AsyncIterable<Uint8Array>, signal: AbortSignal): RestRequest => ({
  method: request.method ?? '',
  target: request.url ?? '',
  headers: request.headers,
  body,
  signal,
})

/** A request's body, in owned pieces. A client that disconnects before it is complete has cancelled, which is no fault of ours. */
async function* bodyOf(request: IncomingMessage): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const piece of request as AsyncIterable<Uint8Array>) {
      ownBytes(piece)
      yield piece
    }
  } catch (cause) {
    throw new EngineError('Cancelled', 'The client left before its request was whole.', { cause })
  }
}

function serve(serving: Serving, message: IncomingMessage, response: ServerResponse): void {
  const { engine, onFailure } = serving
  serving.track(message.socket, async (signal) => {
    const request = asRequest(message, bodyOf(message), signal)
    for (const [name, value] of Object.entries(corsHeaders(serving.cors))) response.setHeader(name, value)
    const stranger = refuseBrowser(serving, message, request)
    if (stranger) return writeReply(response, stranger)
    // What a browser asks before it sends anything else.
    if (serving.cors !== undefined && request.method === 'OPTIONS') return writeReply(response, { status: 204, headers: {} })
    if (!isDuplex(request.method, request.target)) return writeReply(response, await answer(engine, request, onFailure))
    const connection = await openPipe(engine, request, onFailure)
    if ('status' in connection) return writeReply(response, connection)
    const socket = takeOver(response)
    if (!socket) return connection.pipe.close()
    const { rest } = splitSocket(socket, Buffer.alloc(0), 0)
    socket.write(hijackHead(request, connection.terminal, connection.dialect))
    await joinPipe(connection.pipe, socket, connection.terminal, rest, taken(socket))
  })
}

/** The refusal of a page in a browser, on a connection that it could have made. */
function refuseBrowser({ open, cors }: Serving, message: IncomingMessage, request: RestRequest): RestReply | undefined {
  const connection = open.get(message.socket)
  if (connection === undefined) return undefined
  try {
    checkOrigin(request, cors, connection.named)
    return undefined
  } catch (refusal) {
    return failureReply(refusal)
  }
}

/**
 * Takes a connection from Node's HTTP, as it does itself for upgrades. Older clients (podman's exec among them) hijack
 * without asking for one. They send their input after they have seen the head, so none of it is in the parser yet.
 */
function takeOver(response: ServerResponse): Duplex | undefined {
  const { socket } = response
  if (!socket) return undefined // the client is gone
  response.detachSocket(socket)
  for (const event of ['data', 'end', 'drain', 'error', 'timeout']) socket.removeAllListeners(event)
  return socket
}

function upgrade(serving: Serving, message: IncomingMessage, socket: Duplex, head: Buffer): void {
  socket.on('error', () => socket.destroy())
  serving.track(socket, async (signal) => {
    const length = Number(message.headers['content-length'] ?? 0)
    const { body, rest } = splitSocket(socket, head, Number.isSafeInteger(length) && length > 0 ? length : 0)
    const request = asRequest(message, body, signal)
    if (message.headers['transfer-encoding'] !== undefined) {
      return writeRaw(
        socket,
        failureReply(
          new EngineError('InvalidArgument', 'A request that takes the connection over gives the length of its body.'),
        ),
      )
    }
    const stranger = refuseBrowser(serving, message, request)
    if (stranger) return writeRaw(socket, stranger)
    const connection = await openPipe(serving.engine, request, serving.onFailure)
    if ('status' in connection) return writeRaw(socket, connection)
    socket.write(hijackHead(request, connection.terminal, connection.dialect))
    // Python's clients ask for an upgrade, and lose what comes with the head all the same.
    await joinPipe(connection.pipe, socket, connection.terminal, rest, isOurs(request) ? undefined : taken(socket))
  })
}

/** An answer on a connection that is no longer HTTP's, which it ends. */
function writeRaw(socket: Duplex, reply: RestReply): void {
  const body = typeof reply.body === 'string' ? reply.body : ''
  const headers = { ...commonHeaders, ...reply.headers, Connection: 'close', 'Content-Length': String(Buffer.byteLength(body)) }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? 'Error'}\r\n${lines.join('')}\r\n${body}`)
}
