import { type Control, encodeText, isObject, ProblemError } from '../protocol/index.ts'
import type { Bridge } from './bridge.ts'
import { createByteQueue } from './byte-queue.ts'
import type { Channel, ChannelOptions } from './channel.ts'
import { problemOf } from './stream.ts'
import { upgrade } from './upgrade.ts'

/** An HTTP server that the agent can reach. */
export type HttpAddress = ({ unix: string } | { port: number; address?: string }) & {
  superuser?: 'require' | 'try'
  host?: string
}

/** One HTTP request. */
export interface HttpRequest {
  method: string
  /** With the query string. */
  path: string
  headers?: Record<string, string>
  body?: AsyncIterable<Uint8Array> | Uint8Array | string
  /** Ends the request and whatever of its answer is still to come. */
  signal?: AbortSignal
}

/** The head of an answer; header names are lower case. */
export interface HttpReply {
  status: number
  headers: Record<string, string>
  /** Read once; leaving the iterator early frees the connection. Throws a ProblemError when it is cut off. */
  body: AsyncIterable<Uint8Array>
}

/** An answer after which the connection belongs to both sides. */
export interface HttpUpgrade {
  status: number
  headers: Record<string, string>
  input: {
    /** Resolves when more may be written. */
    write(data: Uint8Array): Promise<void>
    /** Half-closes; output goes on. Idempotent. */
    end(): Promise<void>
  }
  /** What the other side sends; for a status that is neither 101 nor 200, the body of the answer. */
  output: AsyncIterable<Uint8Array>
  /** Frees the connection at once. Idempotent. */
  close(): void
}

/** An HTTP client over the bridge. Any status resolves; it rejects with a ProblemError where no answer came. */
export interface Http {
  request(request: HttpRequest): Promise<HttpReply>
  /** A request that takes over its connection, for which http-stream2 has no way; `body` is sent whole. */
  upgrade(request: Omit<HttpRequest, 'body'> & { body?: string }): Promise<HttpUpgrade>
}

/** A client for one server. */
export function openHttp(bridge: Pick<Bridge, 'channel'>, address: HttpAddress): Http {
  return {
    request: (request) => send(bridge, address, request),
    upgrade: (request) => upgrade(bridge, address, request),
  }
}

function send(bridge: Pick<Bridge, 'channel'>, address: HttpAddress, request: HttpRequest): Promise<HttpReply> {
  const { method, path, headers = {}, body, signal } = request
  if (signal?.aborted) return Promise.reject(cancelled())
  const reply = Promise.withResolvers<HttpReply>()
  const queue = createByteQueue(() => channel.close('terminated'))
  const abort = (): void => {
    queue.end(cancelled())
    channel.close('terminated')
  }
  const channel: Channel = bridge.channel(
    { payload: 'http-stream2', binary: 'raw', 'send-acks': 'bytes', method, path, headers, ...address } as ChannelOptions,
    {
      control: (control) => {
        if (control.command === 'response') reply.resolve({ ...parseResponse(control), body: queue.output })
      },
      data: (data) => queue.push(typeof data === 'string' ? encodeText(data) : data),
      ping: (answer) => queue.mark(answer),
      close: (close) => {
        signal?.removeEventListener('abort', abort)
        const failure = signal?.aborted ? cancelled() : problemOf(close)
        queue.end(failure)
        reply.reject(failure ?? new ProblemError('disconnected', 'The connection ended without an answer.'))
      },
    },
  )
  signal?.addEventListener('abort', abort)
  void sendBody(channel, body)
  return reply.promise
}

async function sendBody(channel: Channel, body: HttpRequest['body']): Promise<void> {
  try {
    if (typeof body === 'string') channel.send(encodeText(body))
    else if (body instanceof Uint8Array) channel.send(body)
    else if (body !== undefined) {
      for await (const data of body) {
        await channel.writable()
        if (channel.closed) break
        channel.send(data)
      }
    }
    channel.done()
  } catch {
    // The source of the body failed: the request cannot be completed, and its caller knows why.
    channel.close('terminated')
  }
}

function parseResponse(control: Control): { status: number; headers: Record<string, string> } {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(isObject(control['headers']) ? control['headers'] : {}))
    headers[name.toLowerCase()] = String(value)
  return { status: Number(control['status']), headers }
}

/** The error of a request that its caller gave up. */
export function cancelled(): ProblemError {
  return new ProblemError('terminated', 'The request was cancelled.')
}
