import { Agent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http'
import { Agent as SecureAgent, request as httpsRequest } from 'node:https'
import { Readable, type Duplex } from 'node:stream'

import type { Transport, TransportReply, TransportRequest, TransportUpgrade } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'

/** A transport that can be closed. */
export interface ClosableTransport extends Transport {
  /** Frees idle connections. Idempotent. */
  close(): void
}

/** Where an engine answers, beside its name in messages. */
export interface HttpPlace {
  shown: string
  /** What a reader of a message can do where nothing answers. */
  advice: string
  connect: { socketPath: string } | { host: string; port: number }
  /** TLS: whom to trust, and what to show, as PEM. */
  tls?: { ca?: string | undefined; cert?: string | undefined; key?: string | undefined }
}

/** HTTP over a unix socket. Connections are kept for the next request. */
export const unixTransport = (socketPath: string): ClosableTransport =>
  httpTransport({
    shown: socketPath,
    advice: `start one with 'berth system service unix://${socketPath}', or check the path.`,
    connect: { socketPath },
  })

/** HTTP over a socket, plain or with TLS. Connections are kept for the next request. */
export function httpTransport(place: HttpPlace): ClosableTransport {
  const options = { keepAlive: true, maxSockets: Infinity, maxFreeSockets: 8, ...place.tls }
  const agent = place.tls ? new SecureAgent(options) : new Agent(options)
  const start = place.tls ? httpsRequest : httpRequest
  const host = 'host' in place.connect ? {} : { host: 'd' }
  const begin = ({ method, path, headers, signal }: Omit<TransportRequest, 'body'>, keep: boolean) =>
    start({
      ...place.connect,
      ...place.tls,
      method,
      path,
      headers: { ...host, ...headers },
      agent: keep ? agent : false,
      ...(signal ? { signal } : {}),
    })
  return {
    request: (sent) => request(place, begin(sent, true), sent),
    upgrade: (sent) => upgrade(place, begin(sent, false), sent.body),
    close: () => agent.destroy(),
  }
}

function request(place: HttpPlace, client: ClientRequest, { body }: TransportRequest): Promise<TransportReply> {
  return new Promise((resolve, reject) => {
    client.on('error', (error) => reject(unreachable(error, place)))
    client.on('response', (reply) => resolve({ status: reply.statusCode ?? 0, headers: flat(reply), body: reply }))
    if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
      client.end(body)
      return
    }
    const source = Readable.from(body, { objectMode: false })
    source.on('error', (error) => client.destroy(error))
    client.on('close', () => source.destroy())
    source.pipe(client)
  })
}

function upgrade(place: HttpPlace, client: ClientRequest, body: string | undefined): Promise<TransportUpgrade> {
  return new Promise((resolve, reject) => {
    client.on('error', (error) => reject(unreachable(error, place)))
    client.on('upgrade', (reply, socket, head) => {
      if (head.length > 0) socket.unshift(head)
      resolve({ status: reply.statusCode ?? 0, headers: flat(reply), ...bidirectional(socket, socket) })
    })
    // No upgrade: a refusal, or output alone.
    client.on('response', (reply) =>
      resolve({ status: reply.statusCode ?? 0, headers: flat(reply), ...bidirectional(reply, undefined) }),
    )
    if (body !== undefined) client.setHeader('content-length', Buffer.byteLength(body))
    client.end(body)
  })
}

function bidirectional(output: Readable, socket: Duplex | undefined): Pick<TransportUpgrade, 'input' | 'output' | 'close'> {
  output.on('error', () => {}) // the reader sees it
  const write = (data: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      if (!socket?.writable) reject(new Error('The connection does not take input any more.'))
      else socket.write(data, (error) => (error ? reject(error) : resolve()))
    })
  const end = async () => void socket?.end()
  return { input: { write, end }, output: untilClosed(output), close: () => void output.destroy() }
}

/** A connection that this side closed has ended, which is no failure. */
async function* untilClosed(output: Readable): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const data of output.iterator({ destroyOnReturn: false })) yield data as Uint8Array
  } catch (error) {
    if (!output.destroyed || (error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  } finally {
    output.destroy()
  }
}

function flat(reply: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(reply.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  )
}

/** The error for a failed connection, with the way out; later failures are up to the caller. */
function unreachable(error: NodeJS.ErrnoException, { shown, advice }: HttpPlace): Error {
  const about = { details: { path: shown }, cause: error }
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO)/.test(error.code ?? ''))
    return new EngineError(
      'AccessDenied',
      `The engine at ${shown} and this client do not trust each other: ${(error as { reason?: string }).reason ?? error.message}`,
      about,
    )
  if (error.syscall !== 'connect' && error.syscall !== 'getaddrinfo') return error
  if (error.code === 'EACCES')
    return new EngineError('AccessDenied', `You may not use the engine at ${shown}: the socket belongs to another user.`, about)
  return new EngineError('EngineUnreachable', `No engine answers at ${shown}: ${advice}`, about)
}
