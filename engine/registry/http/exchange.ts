import { lookup, type LookupAddress } from 'node:dns'
import http from 'node:http'
import https from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { pipeline } from 'node:stream/promises'

import { EngineError } from '../../errors/index.ts'
import { type TlsFiles, tlsOptions } from '../config/certificates.ts'
import { cancelled } from './failures.ts'
import { releaseBuffer, PoolingAgent } from '../transfer/buffer-pool.ts'
import { watchBody, watchUpload } from '../transfer/stall.ts'

type Admit = (address: string) => Promise<void>

export interface ExchangeOptions {
  headers?: Record<string, string>
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /**
   * A stream is sent once; give its content-length among the headers where it is known. The request owns its chunks from then on.
   */
  body?: string | Uint8Array | AsyncIterable<Uint8Array>
  /** The response's body may be read into pooled buffers: its chunks must not be kept once they have been sent on. */
  pooled?: boolean
  /**
   * Called for every address to connect to, also after redirects; if it throws, the request fails. With a proxy it is only called
   * for literal addresses.
   */
  admit?: Admit
  signal?: AbortSignal
}

/** A response whose body has not been read. The caller reads or destroys the body. */
export interface HttpResponse {
  status: number
  headers: http.IncomingHttpHeaders
  body: http.IncomingMessage
  /** Where it came from, after redirects. */
  url: URL
}

/** Connections to a registry and where it redirects to. */
export interface Exchange {
  /** One request, following redirects. @throws the connection's own errors, RegistryProtocol for unsafe or endless redirects. */
  send(url: URL, options?: ExchangeOptions): Promise<HttpResponse>
  close(): void
}

const connectTimeout = 15_000
const usualIdle = 60_000
const maxRedirects = 5
/** Chunks of a body that are tracked, to be released to the buffer pool. */
const maxUnsent = 16
/** Bytes that are read sooner than a new connection is made. */
const worthReading = 16 * 1024
const maxHeaderBytes = 64 * 1024

/** Opens connections that are kept for more requests, through a proxy where the environment names one. */
export function openExchange(options: { tls: () => TlsFiles; verify: boolean; idle?: number }): Exchange {
  const idle = options.idle ?? usualIdle
  const proxyEnv = process.env
  const shared = { keepAlive: true, maxSockets: 8, proxyEnv } as const
  const plain = new http.Agent(shared)
  let pooling: PoolingAgent | undefined
  let secure: https.Agent | undefined
  const agentFor = (url: URL, pooled = false): http.Agent => {
    if (url.protocol === 'http:') return pooled ? (pooling ??= new PoolingAgent(shared)) : plain
    secure ??= new https.Agent({ ...shared, ...tlsOptions(options.tls()), rejectUnauthorized: options.verify })
    return secure
  }
  return {
    async send(first, request = {}) {
      let url = first
      let headers = request.headers ?? {}
      for (let count = 0; ; count++) {
        if (request.admit) await admitWritten(url, request.admit)
        const response = await sendOnce(url, { ...request, headers }, agentFor(url, request.pooled), idle)
        const location = response.headers.location
        if (request.body !== undefined || ![301, 302, 303, 307, 308].includes(response.status) || location === undefined)
          return response
        response.body.destroy()
        if (count >= maxRedirects)
          throw new EngineError('RegistryProtocol', `The registry ${first.host} redirects in circles.`, {
            details: { registry: first.host },
          })
        const next = redirectTarget(url, location)
        // The host that stores the bytes for the registry must not see the login.
        if (next.host !== first.host)
          headers = Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'))
        url = next
      }
    },
    close() {
      plain.destroy()
      pooling?.destroy()
      secure?.destroy()
    },
  }
}

/** Checks a host given as an address; names are checked when they are resolved, by {@link lookupFor}. */
async function admitWritten({ hostname }: URL, admit: Admit): Promise<void> {
  const host = hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0) await admit(host)
}

/**
 * A DNS lookup that checks every address found, so that the checked address is the one connected to. A proxy's own is not checked.
 */
function lookupFor({ hostname }: URL, admit: Admit): LookupFunction {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      const finish = (failure: Error | null): void => {
        if (failure) callback(failure, '')
        else if (options.all) callback(null, found)
        else callback(null, found[0]!.address, found[0]!.family)
      }
      if (error || host !== hostname) return finish(error)
      void admitAll(found, admit).then(finish)
    })
  }
}

/** Why an address is not admitted, or `undefined`. */
async function admitAll(found: readonly LookupAddress[], admit: Admit): Promise<Error | null> {
  try {
    for (const { address } of found) await admit(address)
    return null
  } catch (error) {
    return error as Error
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

function sendOnce(url: URL, options: ExchangeOptions, agent: http.Agent, idle: number): Promise<HttpResponse> {
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
      ...(options.admit ? { lookup: lookupFor(url, options.admit) } : {}),
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
    // A head must not arrive byte by byte for ever.
    request.on('finish', () => {
      clearTimeout(timer)
      timer = setTimeout(timedOut, idle + connectTimeout)
    })
    request.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    request.on('response', (response) => {
      clearTimeout(timer)
      // A connection lost later shows when the body is read.
      response.on('error', () => {})
      // From here on this side may be the slow one, which the socket's own timer cannot distinguish.
      request.setTimeout(0)
      watchBody(response, idle)
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: response, url })
    })
    watchUpload(request, idle)
    send(request, body, reject)
  })
}

/** @param failed is called when the body cannot be read: the request then ends without an error of its own. */
function send(request: http.ClientRequest, body: ExchangeOptions['body'], failed: (error: unknown) => void): void {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    request.end(body)
    return
  }
  let faultHook: { error: unknown } | undefined
  const remember = async function* (): AsyncGenerator<Uint8Array> {
    try {
      const sent: Uint8Array[] = []
      for await (const piece of body) {
        yield piece
        sent.push(piece)
        if (request.writableLength === 0 && !request.destroyed) for (const each of sent.splice(0)) releaseBuffer(each)
        else if (sent.length > maxUnsent) sent.shift()
      }
    } catch (error) {
      faultHook = { error }
      throw error
    }
  }
  pipeline(remember(), request).catch((error: unknown) => {
    request.destroy(error as Error)
    if (faultHook) failed(faultHook.error)
  })
}

const timeout = (): Error => Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' })

/** Discards a body: a small one is read, so that its connection serves the next request; a larger one is cut off. */
export function dropBody({ body, headers }: Pick<HttpResponse, 'body' | 'headers'>): void {
  if (body.complete || Number(headers['content-length'] ?? Number.NaN) <= worthReading) body.resume()
  else body.destroy()
}

/** The content of a small body. @throws RegistryProtocol beyond `maxBytes`. */
export async function readBody(response: HttpResponse, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of response.body as AsyncIterable<Buffer>) {
    size += part.length
    if (size > maxBytes) {
      response.body.destroy()
      throw new EngineError(
        'RegistryProtocol',
        `The registry ${response.url.host} sent more than the ${maxBytes} bytes that are accepted for this answer.`,
      )
    }
    parts.push(part)
  }
  return Buffer.concat(parts)
}
