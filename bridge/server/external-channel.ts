import type { ServerResponse } from 'node:http'
import {
  type Control,
  isObject,
  type Json,
  type JsonObject,
  parseOpen,
  type Problem,
  ProblemError,
  splitMessage,
} from '../protocol/index.ts'
import { sendText } from './headers.ts'
import type { SessionPage } from './session-page.ts'

/** A channel that a request asks for by its address, so that the browser itself takes what comes: a download. */
export interface ExternalChannel {
  /** The fields of `open`. */
  open: JsonObject & { payload: string }
  contentType: string
  disposition: string
}

const headerText = /^[\x20-\x7e]{1,1024}$/

/**
 * Reads the query of `/cockpit/channel/TOKEN?…`: base64 of JSON with the fields of `open` and, as `external`, the type
 * and disposition of the answer (Cockpit's external channels). Only channels that read are opened so: `fsread1`, and
 * `http-stream2` with GET. What comes is always an attachment: nothing of it may run as a page of this server.
 * @throws ProblemError `protocol-error` or `not-supported`.
 */
export function parseExternal(query: string): ExternalChannel {
  let parsed: unknown
  try {
    parsed = JSON.parse(Buffer.from(decodeURIComponent(query), 'base64').toString('utf8'))
  } catch (cause) {
    throw new ProblemError('protocol-error', 'The address of a download is not base64 of JSON.', { cause })
  }
  if (!isObject(parsed as Json)) throw new ProblemError('protocol-error', 'The address of a download is not a JSON object.')
  const { external, ...fields } = parsed as JsonObject
  const { payload } = parseOpen({ ...fields, command: 'open', channel: 'external' })
  const reads = payload === 'fsread1' || (payload === 'http-stream2' && fields['method'] === 'GET')
  if (!reads) throw new ProblemError('not-supported', `A channel "${payload.slice(0, 40)}" cannot be opened by its address.`)
  const wish = isObject(external) ? external : {}
  const disposition = textOf(wish['content-disposition']) ?? 'attachment'
  return {
    open: { ...fields, payload },
    contentType: textOf(wish['content-type']) ?? 'application/octet-stream',
    disposition: /^attachment\s*(;|$)/i.test(disposition) ? disposition : 'attachment',
  }
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && headerText.test(value) ? value : undefined
}

/** What a download asks of its session. */
export interface ExternalEvents {
  send(control: Control): void
  /** It is over. Called once. */
  gone(): void
}

/**
 * Opens a channel and answers a request with what comes from it, at the browser's pace. What is cut off is never a whole
 * answer: the connection breaks.
 */
export function serveExternal(
  channel: string,
  wanted: ExternalChannel,
  response: ServerResponse,
  events: ExternalEvents,
): SessionPage {
  const pongs = holdPongs(response, events.send)
  let over = false
  const end = (): void => {
    if (over) return
    over = true
    events.gone()
  }
  const head = (status: number, headers?: Json): void => {
    if (!response.headersSent) writeHead(response, wanted, status, headers)
  }
  const fail = (problem: Problem, message: string): void => {
    if (response.headersSent) response.destroy()
    else sendText(response, problem === 'not-found' ? 404 : problem === 'access-denied' ? 403 : 502, message)
    end()
  }
  const closed = ({ problem, message }: Control): void => {
    if (typeof problem === 'string') return fail(problem, typeof message === 'string' ? message : 'The download was cut off.')
    head(200)
    response.end()
    end()
  }
  response.once('close', () => {
    if (!over) events.send({ command: 'close', channel, problem: 'terminated' })
    end()
  })
  events.send({ ...wanted.open, command: 'open', channel, binary: 'raw', 'flow-control': true })
  events.send({ command: 'done', channel })
  return {
    behind: false,
    drained: () => {},
    data: (_channel, message) => {
      if (over) return
      head(200)
      response.write(splitMessage(message).payload)
    },
    control: (message) => {
      if (over) return
      if (message.command === 'response') head(Number(message['status']), message['headers'])
      else if (message.command === 'ping') pongs({ ...message, command: 'pong' })
      else if (message.command === 'close') closed(message)
    },
    close: (problem, message) => fail(problem, message ?? 'The session is over.'),
  }
}

/** Acknowledges only what the browser has taken: until then the agent waits. */
function holdPongs(response: ServerResponse, send: (pong: Control) => void): (pong: Control) => void {
  const held: Control[] = []
  response.on('drain', () => held.splice(0).forEach(send))
  return (pong) => {
    if (response.writableNeedDrain) held.push(pong)
    else send(pong)
  }
}

function writeHead(response: ServerResponse, wanted: ExternalChannel, status: number, headers: Json | undefined): void {
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
