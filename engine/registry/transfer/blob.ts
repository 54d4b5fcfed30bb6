import { setTimeout as sleep } from 'node:timers/promises'

import { EngineError } from '../../errors/index.ts'
import type { Descriptor } from '../../image/index.ts'
import type { Send } from '../http/session.ts'
import type { HttpResponse } from '../http/exchange.ts'
import { flowOf } from './flow.ts'
import { cancelled, connectionFailure } from '../http/failures.ts'

export interface BlobInput {
  send: Send
  registry: string
  descriptor: Descriptor
  offset: number
  retry?: number
  retryDelay?: number
  /** See `ExchangeOptions.pooled`. */
  pooled?: boolean
  signal?: AbortSignal
}

/** A part this small is no progress: otherwise a server that cuts after every byte would be retried for ever. */
const worthwhile = 64 * 1024

/** Bytes of a blob from `offset` to its announced size; a broken connection is resumed as long as there is progress. */
export async function* fetchBlob(input: BlobInput): AsyncGenerator<Uint8Array, void, undefined> {
  const { registry, descriptor, signal, retry = 3, retryDelay = 1000 } = input
  let at = input.offset
  for (let failures = 0; at < descriptor.size;) {
    const before = at
    try {
      for await (const piece of readFrom(input, at)) {
        at += piece.byteLength
        yield piece
      }
      if (at >= descriptor.size) return
      throw Object.assign(new Error('the connection was closed early'), { code: 'BodyCut' })
    } catch (error) {
      if (signal?.aborted) throw cancelled(signal)
      if (error instanceof EngineError) throw error
      failures = at - before >= worthwhile ? 1 : failures + 1
      if (failures > retry)
        throw at > input.offset && isEarlyEnd(error)
          ? tooShort(registry, descriptor, at)
          : connectionFailure(registry, error, signal)
    }
    await sleep(retryDelay * 2 ** (failures - 1), undefined, signal ? { signal } : {}).catch(() => {
      throw cancelled(signal!)
    })
  }
}

async function* readFrom(
  { send, registry, descriptor, pooled = false }: BlobInput,
  at: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { digest, size } = descriptor
  const response = await send(`blobs/${digest}`, { pooled, ...(at > 0 ? { headers: { range: `bytes=${at}-${size - 1}` } } : {}) })
  try {
    let skip = response.status === 206 ? 0 : at
    verifyRange(response, registry, descriptor, at)
    for await (const piece of pooled ? flowOf(response) : (response.body as AsyncIterable<Buffer>)) {
      // A server without range support sends all of it again.
      if (skip >= piece.length) skip -= piece.length
      else {
        yield skip > 0 ? piece.subarray(skip) : piece
        skip = 0
      }
    }
  } finally {
    response.body.destroy()
  }
}

/** The header's size must match the manifest, so that a wrong one is found before the bytes are fetched. */
function verifyRange(response: HttpResponse, registry: string, { digest, size }: Descriptor, at: number): void {
  const begins = response.status === 206 ? /^bytes (\d+)-/.exec(String(response.headers['content-range'] ?? ''))?.[1] : undefined
  if (response.status === 206 && Number(begins) !== at) {
    throw new EngineError(
      'RegistryProtocol',
      `The registry ${registry} answered with another part of ${digest} than was asked for.`,
      { details: { digest } },
    )
  }
  const length = response.headers['content-length']
  const expected = response.status === 206 ? size - at : size
  if (length !== undefined && Number(length) !== expected) {
    throw new EngineError(
      'SizeMismatch',
      `The registry ${registry} has ${length} bytes for ${digest} where the manifest says ${expected}.`,
      { details: { digest } },
    )
  }
}

function isEarlyEnd(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'BodyCut'
}

function tooShort(registry: string, { digest, size }: Descriptor, at: number): EngineError {
  return new EngineError('SizeMismatch', `The registry ${registry} sends only ${at} of the ${size} bytes of ${digest}.`, {
    details: { digest },
  })
}
