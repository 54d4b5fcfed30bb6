import http from 'node:http'
import https from 'node:https'
import { pipeline } from 'node:stream/promises'

import { EngineError } from '../errors/index.ts'
import type { TlsFiles } from './certificates.ts'
import { cancelled } from './failures.ts'
import { giveBack, LendingAgent } from './lent.ts'

export interface ExchangeOptions {
  headers?: Record<string, string>
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** A stream is sent once; give its content-length among the headers where it is known. Its pieces are the request's from then on. */
  body?: string | Uint8Array | AsyncIterable<Uint8Array>
  /** The answer's body may be read into memory that is used again: of its pieces nothing is kept once they have been sent on. */
  lend?: boolean
  signal?: AbortSignal
}

/** An answer whose body has not been read. Whoever got it reads or destroys the body. */
export interface Answer {
  status: number
  headers: http.IncomingHttpHeaders
  body: http.IncomingMessage
  /** Where it came from, after redirects. */
  url: URL
}

/** Connections to a registry and where it redirects to. */
export interface Exchange {
  /** One request, following redirects. @throws the connection's own errors, RegistryProtocol for unsafe or endless redirects. */
  send(url: URL, options?: ExchangeOptions): Promise<Answer>
  close(): void
}

const connectTimeout = 15_000
const usualIdle = 60_000
/** Bytes that a connection must deliver within that time; less is a server that holds us up. */
const leastBytes = 4096
const maxRedirects = 5
/** So many pieces of a body are remembered to be given back. */
const mostUnsent = 16
/** Bytes that are read sooner than a new connection is made. */
const worthReading = 16 * 1024
const maxHeaderBytes = 64 * 1024

/** Opens connections that are kept for more requests, through a proxy where the environment names one. */
export function openExchange(options: { tls: () => TlsFiles; verify: boolean; idle?: number }): Exchange {
  const idle = options.idle ?? usualIdle
  const proxyEnv = process.env
  const shared = { keepAlive: true, maxSockets: 8, proxyEnv } as const
  const plain = new http.Agent(shared)
  let lending: LendingAgent | undefined
  let secure: https.Agent | undefined
  const agentFor = (url: URL, lend = false): http.Agent => {
    if (url.protocol === 'http:') return lend ? (lending ??= new LendingAgent(shared)) : plain
    secure ??= new https.Agent({ ...shared, ...options.tls(), rejectUnauthorized: options.verify })
    return secure
  }
  return {
    async send(first, request = {}) {
      let url = first
      let headers = request.headers ?? {}
      for (let count = 0; ; count++) {
        const answer = await sendOnce(url, { ...request, headers }, agentFor(url, request.lend), idle)
        const location = answer.headers.location
        if (request.body !== undefined || ![301, 302, 303, 307, 308].includes(answer.status) || location === undefined)
          return answer
        answer.body.destroy()
        if (count >= maxRedirects)
          throw new EngineError('RegistryProtocol', `The registry ${first.host} redirects in circles.`, {
            details: { registry: first.host },
          })
        const next = redirectTarget(url, location)
        // Whoever stores the bytes for the registry must not see who asks.
        if (next.host !== first.host)
          headers = Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'))
        url = next
      }
    },
    close() {
      plain.destroy()
      lending?.destroy()
      secure?.destroy()
    },
  }
}

function redirectTarget(from: URL, location: string): URL {
  const next = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined
  if (!next || (next.protocol !== 'https:' && next.protocol !== 'http:')) {
    throw new EngineError('RegistryProtocol', `The registry ${from.host} redirects to an address that cannot be used.`, {
      details: { registry: from.host },
    })
  }
  if (from.protocol === 'https:' && next.protocol === 'http:') {
    throw new EngineError(
      'RegistryProtocol',
      `The registry ${from.host} redirects from https to http (${next.host}), which is refused because anyone on the way could change the image.`,
      { details: { registry: from.host } },
    )
  }
  next.username = ''
  next.password = ''
  return next
}

function sendOnce(url: URL, options: ExchangeOptions, agent: http.Agent, idle: number): Promise<Answer> {
  const { method = 'GET', headers, body, signal } = options
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(cancelled(signal))
    const begin = (url.protocol === 'https:' ? https.request : http.request) as typeof http.request
    const request = begin(url, {
      method,
      agent,
      headers: { 'user-agent': 'berth', ...headers },
      maxHeaderSize: maxHeaderBytes,
      ...(signal ? { signal } : {}),
    })
    const timedOut = (): void => {
      request.destroy(timeout())
    }
    let timer: NodeJS.Timeout | undefined
    request.on('socket', (socket) => {
      if (!socket.connecting) return
      // Until there is a connection; from then on the idle timeout counts. Waiting for a free connection is no fault of the server.
      timer = setTimeout(timedOut, connectTimeout)
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => clearTimeout(timer))
    })
    request.setTimeout(idle, timedOut)
    // A head may not come byte by byte for ever.
    request.on('finish', () => {
      clearTimeout(timer)
      timer = setTimeout(timedOut, idle + connectTimeout)
    })
    request.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    request.on('response', (answer) => {
      clearTimeout(timer)
      // A connection lost later shows when the body is read.
      answer.on('error', () => {})
      // From here on it may be we who are slow, which the socket's own timer cannot tell.
      request.setTimeout(0)
      watchBody(answer, idle)
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: answer, url })
    })
    send(request, body, reject)
  })
}

/** @param failed is told when the body cannot be had: the request then ends without an error of its own. */
function send(request: http.ClientRequest, body: ExchangeOptions['body'], failed: (error: unknown) => void): void {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    request.end(body)
    return
  }
  let fault: { error: unknown } | undefined
  const remember = async function* (): AsyncGenerator<Uint8Array> {
    try {
      const sent: Uint8Array[] = []
      for await (const piece of body) {
        yield piece
        sent.push(piece)
        if (request.writableLength === 0 && !request.destroyed) for (const each of sent.splice(0)) giveBack(each)
        else if (sent.length > mostUnsent) sent.shift()
      }
    } catch (error) {
      fault = { error }
      throw error
    }
  }
  pipeline(remember(), request).catch((error: unknown) => {
    request.destroy(error as Error)
    if (fault) failed(fault.error)
  })
}

/** Ends a body that comes too slowly to ever be of use, unless it is we who read slowly. */
function watchBody(answer: http.IncomingMessage, idle: number): void {
  const { socket } = answer
  let before = socket.bytesRead
  const judge = (): void => {
    const waiting = !answer.complete && answer.readableLength === 0 && !socket.isPaused()
    if (waiting && socket.bytesRead - before < leastBytes) answer.destroy(timeout())
    before = socket.bytesRead
  }
  const timer = setInterval(() => {
    // After what has come while this process was busy has been read.
    setImmediate(() => setImmediate(judge))
  }, idle)
  timer.unref()
  answer.once('close', () => clearInterval(timer))
}

const timeout = (): Error => Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' })

/** A body that nobody wants: a small one is read, so that its connection serves the next request; a larger one is cut off. */
export function dropBody({ body, headers }: Pick<Answer, 'body' | 'headers'>): void {
  if (body.complete || Number(headers['content-length'] ?? Number.NaN) <= worthReading) body.resume()
  else body.destroy()
}

/** A small body, whole. @throws RegistryProtocol beyond `maxBytes`. */
export async function readBody(answer: Answer, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of answer.body as AsyncIterable<Buffer>) {
    size += part.length
    if (size > maxBytes) {
      answer.body.destroy()
      throw new EngineError(
        'RegistryProtocol',
        `The registry ${answer.url.host} sent more than the ${maxBytes} bytes that are accepted for this answer.`,
      )
    }
    parts.push(part)
  }
  return Buffer.concat(parts)
}
