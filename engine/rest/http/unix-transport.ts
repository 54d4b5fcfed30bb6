import { Agent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http'
import { Readable, type Duplex } from 'node:stream'

import type { Transport, TransportReply, TransportRequest, TransportUpgrade } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'

/** A transport that can be closed. */
export interface ClosableTransport extends Transport {
  /** Frees idle connections. Idempotent. */
  close(): void
}

/** HTTP over a unix socket. Connections are kept for the next request. */
export function unixTransport(socketPath: string): ClosableTransport {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity, maxFreeSockets: 8 })
  const begin = ({ method, path, headers, signal }: Omit<TransportRequest, 'body'>, keep: boolean) =>
    httpRequest({
      socketPath,
      method,
      path,
      headers: { host: 'd', ...headers },
      agent: keep ? agent : false,
      ...(signal ? { signal } : {}),
    })
  return {
    request: (sent) => request(socketPath, begin(sent, true), sent),
    upgrade: (sent) => upgrade(socketPath, begin(sent, false), sent.body),
    close: () => agent.destroy(),
  }
}

function request(socketPath: string, client: ClientRequest, { body }: TransportRequest): Promise<TransportReply> {
  return new Promise((resolve, reject) => {
    client.on('error', (error) => reject(unreachable(error, socketPath)))
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

function upgrade(socketPath: string, client: ClientRequest, body: string | undefined): Promise<TransportUpgrade> {
  return new Promise((resolve, reject) => {
    client.on('error', (error) => reject(unreachable(error, socketPath)))
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
function unreachable(error: NodeJS.ErrnoException, socketPath: string): Error {
  const about = { details: { path: socketPath }, cause: error }
  if (error.syscall !== 'connect') return error
  if (error.code === 'EACCES')
    return new EngineError(
      'AccessDenied',
      `You may not use the engine at ${socketPath}: the socket belongs to another user.`,
      about,
    )
  return new EngineError(
    'EngineUnreachable',
    `No engine answers at ${socketPath}: start one with 'berth system service unix://${socketPath}', or check the path.`,
    about,
  )
}
