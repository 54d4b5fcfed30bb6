import { randomBytes } from 'node:crypto'
import type http from 'node:http'

import { digestOf } from '../../image/index.ts'

/** The state of an upload. */
export interface Taken {
  parts: Buffer[]
  length: number
}

/** Faults that a test injects into uploads. */
export interface UploadFaults {
  /** Cuts the connection of the next upload once it has taken so many bytes; once. */
  cutAfter?: number
  /** Refuses bodies beyond this with status 413. */
  most?: number
  /** Takes no body with the PUT that ends an upload. */
  onlyPatch?: boolean
}

/** The push half of the distribution specification: uploads in memory. */
export interface Uploads {
  readonly faults: UploadFaults
  /** Uploads that were started and neither finished nor cancelled. */
  readonly open: ReadonlyMap<string, Taken>
  /** Whether the request was one for uploads, which was or will be responded to. */
  serve(request: http.IncomingMessage, response: http.ServerResponse): boolean
}

/** @param store takes a finished blob. */
export function fakeUploads(blobs: Map<string, Buffer>): Uploads {
  const open = new Map<string, Taken>()
  const faults: UploadFaults = {}
  const serve = (request: http.IncomingMessage, response: http.ServerResponse): boolean => {
    const url = new URL(request.url ?? '', 'http://x')
    const match = /^\/v2\/(.+)\/blobs\/uploads\/(\w*)$/.exec(url.pathname)
    if (!match) return false
    const [, repository, id = ''] = match
    const answer = (status: number, headers: http.OutgoingHttpHeaders = {}): void => {
      response.writeHead(status, { 'content-length': 0, ...headers })
      response.end()
    }
    const where = (of: string): http.OutgoingHttpHeaders => ({
      location: `/v2/${repository}/blobs/uploads/${of}`,
      range: `0-${Math.max((open.get(of)?.length ?? 0) - 1, 0)}`,
    })
    if (request.method === 'POST') {
      const mount = url.searchParams.get('mount')
      if (mount !== null && blobs.has(mount)) answer(201, { 'docker-content-digest': mount })
      else {
        const begun = randomBytes(8).toString('hex')
        open.set(begun, { parts: [], length: 0 })
        answer(202, where(begun))
      }
    } else if (!open.has(id)) answer(404)
    else if (request.method === 'GET') answer(204, where(id))
    else if (request.method === 'DELETE') {
      open.delete(id)
      answer(204)
    } else void take(request, response, { open, faults, blobs, id, digest: url.searchParams.get('digest'), answer, where })
    return true
  }
  return { faults, open, serve }
}

interface Taking {
  open: Map<string, Taken>
  faults: UploadFaults
  blobs: Map<string, Buffer>
  id: string
  digest: string | null
  answer(status: number, headers?: http.OutgoingHttpHeaders): void
  where(id: string): http.OutgoingHttpHeaders
}

async function take(request: http.IncomingMessage, response: http.ServerResponse, taking: Taking): Promise<void> {
  const { open, faults, blobs, id, digest, answer, where } = taking
  const length = Number(request.headers['content-length'] ?? 0)
  if (faults.most !== undefined && length > faults.most) return answer(413)
  if (request.method === 'PUT' && faults.onlyPatch && length > 0) return answer(400)
  const begin = /^(\d+)-/.exec(request.headers['content-range'] ?? '')?.[1]
  if (begin !== undefined && Number(begin) !== open.get(id)!.length) return answer(416, where(id))
  try {
    for await (const piece of request as AsyncIterable<Buffer>) {
      const taken = open.get(id)!
      const room = faults.cutAfter === undefined ? piece.length : Math.max(faults.cutAfter - taken.length, 0)
      taken.parts.push(piece.subarray(0, room))
      taken.length += Math.min(room, piece.length)
      if (room >= piece.length) continue
      delete faults.cutAfter
      response.destroy()
      return
    }
  } catch {
    return // The client went away.
  }
  if (request.method === 'PATCH') return answer(202, where(id))
  const bytes = Buffer.concat(open.get(id)!.parts)
  if (digestOf(bytes) !== digest) {
    const said = JSON.stringify({
      errors: [{ code: 'DIGEST_INVALID', message: 'provided digest did not match uploaded content' }],
    })
    response.writeHead(400, { 'content-type': 'application/json', 'content-length': said.length })
    response.end(said)
    return
  }
  open.delete(id)
  blobs.set(digest, bytes)
  answer(201, { 'docker-content-digest': digest })
}
