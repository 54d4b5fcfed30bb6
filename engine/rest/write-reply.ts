import type { ServerResponse } from 'node:http'

import { commonHeaders } from './fixed-routes.ts'
import type { RestReply } from './message.ts'

/** Writes an answer to Node's response. Resolves when it is out or the client left; never rejects. */
export async function writeReply(response: ServerResponse, reply: RestReply): Promise<void> {
  const { status, headers, body } = reply
  response.on('error', () => response.destroy())
  if (typeof body !== 'object') {
    const bytes = Buffer.from(body ?? '')
    const length = status === 204 || status === 304 ? {} : { 'content-length': bytes.length }
    response.writeHead(status, { ...commonHeaders, ...headers, ...length })
    response.end(bytes)
    // What a client still sends of a refused body is not waited for.
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

/** Until more may be written, or the client left. Leaves no listener behind: a large answer waits many times. */
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
