import type { ServerResponse } from 'node:http'
import type { Writable } from 'node:stream'

import { commonHeaders } from './common-headers.ts'
import type { RestReply } from './message.ts'

/** Bytes of a complete body that are written at a time. */
const piece = 64 * 1024

/** How long, in milliseconds, a client may leave unread what it is sent. */
export interface ReadTimeouts {
  /** A piece of a complete body. */
  body: number
  /** An item of a stream: its client may be a pager, whose reader turns the page later. */
  stream: number
}

export const usualTimeouts: ReadTimeouts = { body: 60_000, stream: 300_000 }

/**
 * Writes a reply to Node's response. Resolves when it is sent or the client has disconnected; never rejects. A client that does not
 * read is disconnected: it would hold memory, and what a stream reads from, for ever.
 */
export async function writeReply(response: ServerResponse, reply: RestReply, timeouts = usualTimeouts): Promise<void> {
  const { status, headers, body } = reply
  response.on('error', () => response.destroy())
  if (typeof body !== 'object' || Buffer.isBuffer(body)) {
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body ?? '')
    const length = status === 204 || status === 304 ? {} : { 'content-length': bytes.length }
    response.writeHead(status, { ...commonHeaders, ...headers, ...length })
    await writePieces(response, bytes, timeouts.body)
    // The rest of a refused body is not awaited.
    if (!response.req.complete && !response.req.readableEnded) response.req.resume()
    return
  }
  response.writeHead(status, { ...commonHeaders, ...headers })
  response.flushHeaders()
  try {
    for await (const item of body) {
      if (response.destroyed) break
      if (!response.write(item)) await writable(response, timeouts.stream)
    }
    response.end()
  } catch {
    response.destroy()
  }
}

async function writePieces(response: ServerResponse, bytes: Buffer, timeout: number): Promise<void> {
  let at = 0
  for (; bytes.length - at > piece && !response.destroyed; at += piece) {
    if (!response.write(bytes.subarray(at, at + piece))) await writable(response, timeout)
  }
  response.end(bytes.subarray(at))
}

/** Waits until more may be written, or the client has disconnected; after `timeout` it is. Leaves no listener behind: a large body waits many times. */
export function writable(response: Writable, timeout: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => response.destroy(), timeout)
    const done = () => {
      clearTimeout(timer)
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.on('drain', done)
    response.on('close', done)
  })
}
