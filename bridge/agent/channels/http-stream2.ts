import { isObject, type Json, type Open, ProblemError, problemOf } from '../../protocol/index.ts'
import {
  type ClientRequest,
  type IncomingMessage,
  request as httpRequest,
  validateHeaderName,
  validateHeaderValue,
} from 'node:http'
import type { Duplex } from 'node:stream'
import { type Address, addressName, addressOption, dial } from '../address.ts'
import { type Channel, type Payload, pump } from '../channel.ts'
import { requiredText, invalid } from './options.ts'
import { openSink } from '../sink.ts'

/** Milliseconds after the first data of a body before it is sent chunked, without its length. */
const bodyTimeout = 10

/** Bytes of a body that are buffered to learn its length. */
const bodyHeld = 64 * 1024

/** `http-stream2`: one HTTP request; the answer is a control message `response`, then the body. */
export const httpStream2: Payload = (channel) => {
  const wanted = parseRequest(channel.open)
  const body: Uint8Array[] = []
  let held = 0
  let finished = false
  let timer: NodeJS.Timeout | undefined
  let sending: Sending | undefined

  const begin = (): void => {
    clearTimeout(timer)
    if (sending !== undefined || channel.signal.aborted) return
    sending = sendRequest(channel, wanted, finished ? held : undefined)
    for (const data of body.splice(0)) sending.write(data)
    if (finished) sending.end()
  }
  channel.ready()
  return {
    data: (data) => {
      if (sending !== undefined) return sending.write(data)
      body.push(data)
      held += data.length
      if (held > bodyHeld) begin()
      else timer ??= setTimeout(begin, bodyTimeout)
    },
    done: () => {
      finished = true
      if (sending === undefined) begin()
      else sending.end()
    },
    closed: () => {
      clearTimeout(timer)
      sending?.abort()
    },
  }
}

interface Wanted {
  address: Address
  method: string
  path: string
  headers: Record<string, string>
}

interface Sending {
  write(data: Uint8Array): void
  end(): void
  abort(): void
}

function parseRequest(open: Open): Wanted {
  const method = requiredText(open, 'method')
  if (!/^[A-Z]{1,20}$/.test(method)) throw invalid('method', 'an HTTP method')
  const path = requiredText(open, 'path')
  if (!/^\/[\x21-\x7e]*$/.test(path) || path.length > 16_384)
    throw invalid('path', 'an absolute HTTP path of printable characters')
  if (open['tls'] !== undefined && open['tls'] !== null)
    throw new ProblemError('not-supported', 'This agent makes no TLS connections.')
  return { address: addressOption(open), method, path, headers: parseHeaders(open['headers']) }
}

function parseHeaders(value: Json | undefined): Record<string, string> {
  const headers: Record<string, string> = { Host: 'localhost', 'Accept-Encoding': 'identity' }
  if (value === undefined || value === null) return headers
  if (!isObject(value)) throw invalid('headers', 'an object')
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== 'string') throw invalid('headers', 'an object of texts')
    try {
      validateHeaderName(name)
      validateHeaderValue(name, text)
    } catch {
      throw invalid('headers', `usable: "${name.slice(0, 60)}" is no header`)
    }
    const lower = name.toLowerCase()
    if (lower === 'connection' || lower === 'transfer-encoding' || lower === 'upgrade') continue
    for (const known of Object.keys(headers)) if (known.toLowerCase() === lower) delete headers[known]
    headers[name] = text
  }
  return headers
}

/** Sends the request; chunked if `length` is undefined. */
function sendRequest(channel: Channel, wanted: Wanted, length: number | undefined): Sending {
  let request: ClientRequest | undefined
  const failed = (error: unknown): void => {
    const { problem, message } = describeFailure(error, wanted.address)
    sink.close()
    channel.close({ problem, message })
  }
  const beginning = dial(wanted.address, channel.agent).then((socket) => {
    if (channel.signal.aborted) {
      socket.destroy()
      throw new ProblemError('terminated', 'The channel was closed.')
    }
    request = startRequest(socket, wanted, length)
    request.on('error', failed)
    request.once('response', (response) => answer(channel, response, failed))
    return request
  })
  const sink = openSink(channel, beginning)
  beginning.catch(failed)
  return {
    write: (data) => sink.write(data),
    end: () => sink.end(),
    abort: () => {
      sink.close()
      request?.destroy()
    },
  }
}

/** Errors of the system or Node are put in a sentence; those of an endpoint are sentences already. */
function describeFailure(error: unknown, address: Address): ProblemError {
  const code = (error as { code?: unknown }).code
  if (ProblemError.is(error) || typeof code !== 'string' || !/^(E[A-Z]+|(ERR|HPE)_[A-Z_]+)$/.test(code))
    return ProblemError.from(error)
  return new ProblemError(problemOf(error), `The request to ${addressName(address)} failed: ${(error as Error).message}.`, {
    cause: error,
  })
}

function startRequest(socket: Duplex, wanted: Wanted, length: number | undefined): ClientRequest {
  const headers = { ...wanted.headers }
  const given = Object.keys(headers).some((name) => name.toLowerCase() === 'content-length')
  if (!given && length !== undefined && (length > 0 || !['GET', 'HEAD'].includes(wanted.method)))
    headers['Content-Length'] = String(length)
  return httpRequest({
    method: wanted.method,
    path: wanted.path,
    headers,
    createConnection: () => socket,
    setHost: false,
    maxHeaderSize: 64 * 1024,
  })
}

function answer(channel: Channel, response: IncomingMessage, failed: (error: unknown) => void): void {
  channel.control('response', {
    status: response.statusCode ?? 0,
    reason: response.statusMessage ?? '',
    headers: headersOf(response),
  })
  response.once('error', failed)
  response.once('close', () => {
    if (!response.complete) failed(new ProblemError('disconnected', 'The answer was cut off.'))
  })
  pump(response, channel, () => {
    channel.done()
    channel.close()
  })
}

function headersOf(response: IncomingMessage): Record<string, string> {
  // Header names may be those of object properties, such as `constructor`.
  const headers = Object.create(null) as Record<string, string>
  for (let at = 0; at + 1 < response.rawHeaders.length; at += 2) {
    const name = response.rawHeaders[at]!
    if (/^(connection|transfer-encoding|keep-alive)$/i.test(name)) continue
    const value = response.rawHeaders[at + 1]!
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  }
  return headers
}
