import type { ServerResponse } from 'node:http'

import { commonHeaders } from './common-headers.ts'
import type { RestReply } from './message.ts'

/** Bytes of a complete body that are written at a time. */
const piece = 64 * 1024

/** Timeout, in milliseconds, for a client to read a chunk of a complete body. Streams have none: their client may be a pager. */
const usualTimeout = 60_000

/**
 * Writes a reply to Node's response. Resolves when it is sent or the client has disconnected; never rejects. A client that does not
 * read a complete body is disconnected: it would hold the memory for ever.
 */
export async function writeReply(response: ServerResponse, reply: RestReply, timeout = usualTimeout): Promise<void> {
  const { status, headers, body } = reply
  response.on('error', () => response.destroy())
  if (typeof body !== 'object') {
    const bytes = Buffer.from(body ?? '')
    const length = status === 204 || status === 304 ? {} : { 'content-length': bytes.length }
    response.writeHead(status, { ...commonHeaders, ...headers, ...length })
    await writePieces(response, bytes, timeout)
    // The rest of a refused body is not awaited.
    if (!response.req.complete && !response.req.readableEnded) response.req.resume()
    return
  }
  response.writeHead(status, { ...commonHeaders, ...headers })
  response.flushHeaders()
  try {
    for await (const item of body) {
      if (response.destroyed) break
      if (!response.write(item)) await writable(response)
    }
    response.end()
  } catch {
    response.destroy()
  }
}

async function writePieces(response: ServerResponse, bytes: Buffer, timeout: number): Promise<void> {
  let at = 0
  for (; bytes.length - at > piece && !response.destroyed; at += piece) {
    if (response.write(bytes.subarray(at, at + piece))) continue
    const timer = setTimeout(() => response.destroy(), timeout)
    await writable(response)
    clearTimeout(timer)
  }
  response.end(bytes.subarray(at))
}

/** Waits until more may be written, or the client has disconnected. Leaves no listener behind: a large body waits many times. */
function writable(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.on('drain', done)
    response.on('close', done)
  })
}
