import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type Control,
  isObject,
  type Json,
  type JsonObject,
  parseOpen,
  type Problem,
  ProblemError,
  splitMessage,
  type WriterBudget,
} from '../../protocol/index.ts'
import { openDownloadWriter } from './download-writer.ts'
import { sendText } from './headers.ts'
import { readUpload, type UploadReader } from './upload-reader.ts'
import type { SessionPage } from '../session/session-page.ts'

/** A channel opened by the URL of a request, so that the browser downloads its data. */
export interface ExternalChannel {
  /** The fields of `open`. */
  open: JsonObject & { payload: string }
  contentType: string
  disposition: string
}

const headerText = /^[\x20-\x7e]{1,1024}$/

/** What a request may ask of a channel: `read` what it gives, or `send` it the request's body and read the answer. */
export type ExternalUse = 'read' | 'send'

/**
 * Reads the query of `/cockpit/channel/TOKEN?…`: base64 of JSON with the fields of `open` and, as `external`, the type
 * and disposition of the answer (Cockpit's external channels). Only channels that read are opened so: `fsread1`, and
 * `http-stream2` with GET; to send, `http-stream2` with POST. What comes is always an attachment: nothing of it may run as a page of this server.
 * @throws ProblemError `protocol-error` or `not-supported`.
 */
export function parseExternal(query: string, use: ExternalUse = 'read'): ExternalChannel {
  let parsed: unknown
  try {
    parsed = JSON.parse(Buffer.from(decodeURIComponent(query), 'base64').toString('utf8'))
  } catch (cause) {
    throw new ProblemError('protocol-error', 'The address of a download is not base64 of JSON.', { cause })
  }
  if (!isObject(parsed as Json)) throw new ProblemError('protocol-error', 'The address of a download is not a JSON object.')
  const { external, ...fields } = parsed as JsonObject
  const { payload } = parseOpen({ ...fields, command: 'open', channel: 'external' })
  const allowed =
    use === 'read'
      ? payload === 'fsread1' || (payload === 'http-stream2' && fields['method'] === 'GET')
      : payload === 'http-stream2' && fields['method'] === 'POST'
  if (!allowed) throw new ProblemError('not-supported', `A channel "${payload.slice(0, 40)}" cannot be opened by its address.`)
  const requested = isObject(external) ? external : {}
  const disposition = textOf(requested['content-disposition']) ?? 'attachment'
  return {
    open: { ...fields, payload },
    contentType: textOf(requested['content-type']) ?? 'application/octet-stream',
    disposition: /^attachment\s*(;|$)/i.test(disposition) ? disposition : 'attachment',
  }
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && headerText.test(value) ? value : undefined
}

/** The callbacks of a download. */
export interface ExternalEvents {
  /** Shared with the user's other pages and downloads. */
  readonly budget: WriterBudget
  /** The request whose body the channel gets. */
  readonly upload?: IncomingMessage | undefined
  send(control: Control): void
  /** Sends data to a channel. False: wait for {@link SessionPage.drained}. */
  sendData(channel: string, pieces: readonly Uint8Array[]): boolean
  /** It is over. Called once. */
  gone(): void
}

/**
 * Opens a channel and answers a request with its data, with backpressure. A truncated answer is never complete:
 * the connection is destroyed. With `events.upload` the channel gets that request's body first.
 */
export function serveExternal(
  channel: string,
  wanted: ExternalChannel,
  response: ServerResponse,
  events: ExternalEvents,
): SessionPage {
  let over = false
  const end = (): void => {
    if (over) return
    over = true
    body?.close()
    events.gone()
  }
  let reason: Problem = 'terminated'
  const writer = openDownloadWriter(response, events.budget, events.send, ({ problem }) => {
    reason = problem
    response.destroy()
  })
  const fail = (problem: Problem, message: string): void => {
    answerFailure(response, problem, message)
    end()
  }
  response.once('close', () => {
    writer.close()
    if (!over) events.send({ command: 'close', channel, problem: reason })
    end()
  })
  const body = openChannel(channel, wanted, events, () => response.destroy())
  return {
    drained: () => body?.drained(),
    data: (_channel, message) => {
      if (over) return
      writeHead(response, wanted, 200)
      writer.write(splitMessage(message).payload)
    },
    control: (message) => {
      if (over) return
      if (message.command === 'response') writeHead(response, wanted, Number(message['status']), message['headers'])
      else if (message.command === 'ack') body?.acknowledge(Number(message['bytes']) || 0)
      else if (message.command === 'ping') writer.answer({ ...message, command: 'pong' })
      else if (typeof message['problem'] === 'string') fail(message['problem'], String(message['message'] ?? cutOff))
      else if (message.command === 'close') {
        writeHead(response, wanted, 200)
        writer.end()
        end()
      }
    },
    close: (problem, message) => fail(problem, message ?? 'The session is over.'),
  }
}

const cutOff = 'The transfer was cut off.'

/** Opens the channel and gives it the body of an upload; `cut` is called where that ends early. */
function openChannel(
  channel: string,
  { open }: ExternalChannel,
  { send, sendData, upload }: ExternalEvents,
  cut: () => void,
): UploadReader | undefined {
  send({ ...open, command: 'open', channel, binary: 'raw', 'flow-control': true, ...(upload ? { 'send-acks': 'bytes' } : {}) })
  if (upload) return readUpload(channel, upload, { sendData: (pieces) => sendData(channel, pieces), send, cut })
  send({ command: 'done', channel })
  return undefined
}

function answerFailure(response: ServerResponse, problem: Problem, message: string): void {
  if (response.headersSent) response.destroy()
  else sendText(response, problem === 'not-found' ? 404 : problem === 'access-denied' ? 403 : 502, message)
}

function writeHead(response: ServerResponse, wanted: ExternalChannel, status: number, headers?: Json): void {
  if (response.headersSent) return
  const good = status >= 200 && status < 300
  const length = isObject(headers)
    ? Object.entries(headers).find(([name, value]) => name.toLowerCase() === 'content-length' && /^\d+$/.test(String(value)))
    : undefined
  response.writeHead(status >= 200 && status < 600 ? status : 502, {
    'Content-Type': good ? wanted.contentType : 'text/plain; charset=utf-8',
    'Content-Disposition': good ? wanted.disposition : 'attachment',
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Cache-Control': 'no-store',
    ...(length === undefined ? {} : { 'Content-Length': String(length[1]) }),
  })
  response.flushHeaders()
}
