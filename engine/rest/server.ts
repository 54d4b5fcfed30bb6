import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'

import type { Engine } from '../contract/index.ts'
import { EngineError } from '../errors/index.ts'
import { createLogger, type Logger } from '../lib/log.ts'
import { answer, type OnFailure } from './answer.ts'
import { failureReply } from './failure.ts'
import { commonHeaders } from './fixed-routes.ts'
import { hijackHead, isDuplex, joinPipe, openPipe } from './hijack.ts'
import { type Listening, listenOnPath, type ListenOptions } from './listen.ts'
import type { RestReply, RestRequest } from './message.ts'
import { routes } from './routes.ts'
import { splitSocket } from './socket-body.ts'
import { writeReply } from './write-reply.ts'

export interface RestServerOptions {
  /** Where failures go: warnings for our own faults, debug lines for the caller's. */
  log?: Logger
  /** Told how many requests are in work, whenever that changes. */
  onActivity?: (inWork: number) => void
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
  /** Takes no more connections, cancels what is in work and frees all. Idempotent. */
  close(): Promise<void>
}

/** What all handlers of one server share. */
interface Serving {
  engine: Engine
  onFailure: OnFailure
  /** Runs `work` with a signal that ends when the client leaves or the server closes. */
  track(connection: Duplex, work: (signal: AbortSignal) => Promise<void>): void
}

const maxHeaders = 64 * 1024
const headersTimeout = 30_000
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
  const server = createHttpServer({ engine, onFailure, track })
  server.on('connection', (connection: Duplex) => {
    connections.add(connection)
    connection.once('close', () => connections.delete(connection))
  })
  const listeners = new Set<Listening>()
  const remember = (listening: Listening) => {
    listeners.add(listening)
    return listening
  }
  return {
    handle: (connection) => void server.emit('connection', connection),
    listen: async (path, how) => remember(await listenOnPath(path, (connection) => server.emit('connection', connection), how)),
    listenOnDescriptor: async (fd) => remember(await listenOnPath({ fd }, (connection) => server.emit('connection', connection))),
    close: async () => {
      await Promise.all(Array.from(listeners, (each) => each.close()))
      for (const controller of inWork) controller.abort()
      for (const connection of connections) connection.destroy()
    },
  }
}

function createHttpServer(serving: Serving): Server {
  const server = createServer({
    maxHeaderSize: maxHeaders,
    headersTimeout,
    keepAliveTimeout,
    requestTimeout: 0, // archives take as long as they take; JSON bodies have a limit of their own
    requireHostHeader: false, // cockpit-podman sends none
    shouldUpgradeCallback: (request) => isDuplex(request.method ?? '', request.url ?? ''),
  })
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

function serve(serving: Serving, request: IncomingMessage, response: ServerResponse): void {
  const { engine, onFailure } = serving
  serving.track(request.socket, async (signal) => {
    const asked = asRequest(request, request, signal)
    if (!isDuplex(asked.method, asked.target)) return writeReply(response, await answer(engine, asked, onFailure))
    const connection = await openPipe(engine, asked, onFailure)
    if ('status' in connection) return writeReply(response, connection)
    const socket = takeOver(response)
    if (!socket) return connection.pipe.close()
    const { rest } = splitSocket(socket, Buffer.alloc(0), 0)
    socket.write(hijackHead(asked, connection.terminal))
    await joinPipe(connection.pipe, socket, connection.terminal, rest)
  })
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

function upgrade(serving: Serving, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  socket.on('error', () => socket.destroy())
  serving.track(socket, async (signal) => {
    const length = Number(request.headers['content-length'] ?? 0)
    const { body, rest } = splitSocket(socket, head, Number.isSafeInteger(length) && length > 0 ? length : 0)
    const asked = asRequest(request, body, signal)
    if (request.headers['transfer-encoding'] !== undefined) {
      return writeRaw(
        socket,
        failureReply(
          new EngineError('InvalidArgument', 'A request that takes the connection over gives the length of its body.'),
        ),
      )
    }
    const connection = await openPipe(serving.engine, asked, serving.onFailure)
    if ('status' in connection) return writeRaw(socket, connection)
    socket.write(hijackHead(asked, connection.terminal))
    await joinPipe(connection.pipe, socket, connection.terminal, rest)
  })
}

/** An answer on a connection that is no longer HTTP's, which it ends. */
function writeRaw(socket: Duplex, reply: RestReply): void {
  const body = typeof reply.body === 'string' ? reply.body : ''
  const headers = { ...commonHeaders, ...reply.headers, Connection: 'close', 'Content-Length': String(Buffer.byteLength(body)) }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? 'Error'}\r\n${lines.join('')}\r\n${body}`)
}
