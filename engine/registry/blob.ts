import { setTimeout as sleep } from 'node:timers/promises'

import { EngineError } from '../errors/index.ts'
import type { Descriptor } from '../image/index.ts'
import type { Ask } from './session.ts'
import type { Answer } from './exchange.ts'
import { flowOf } from './flow.ts'
import { cancelled, connectionFailure } from './failures.ts'

export interface BlobInput {
  ask: Ask
  registry: string
  descriptor: Descriptor
  offset: number
  retry?: number
  retryDelay?: number
  /** See `ExchangeOptions.lend`. */
  lend?: boolean
  signal?: AbortSignal
}

/** A part so small is no progress: a server that cuts after every byte would never be given up. */
const worthwhile = 64 * 1024

/** Bytes of a blob from `offset` to its announced size; a broken connection is taken up again as long as there is progress. */
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
  { ask, registry, descriptor, lend = false }: BlobInput,
  at: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { digest, size } = descriptor
  const answer = await ask(`blobs/${digest}`, { lend, ...(at > 0 ? { headers: { range: `bytes=${at}-${size - 1}` } } : {}) })
  try {
    let skip = answer.status === 206 ? 0 : at
    verifyRange(answer, registry, descriptor, at)
    for await (const piece of lend ? flowOf(answer) : (answer.body as AsyncIterable<Buffer>)) {
      // A server that knows no ranges sends it all again.
      if (skip >= piece.length) skip -= piece.length
      else {
        yield skip > 0 ? piece.subarray(skip) : piece
        skip = 0
      }
    }
  } finally {
    answer.body.destroy()
  }
}

/** What the head says about the size must agree with the manifest, so that a lie is found before the bytes are fetched. */
function verifyRange(answer: Answer, registry: string, { digest, size }: Descriptor, at: number): void {
  const begins = answer.status === 206 ? /^bytes (\d+)-/.exec(String(answer.headers['content-range'] ?? ''))?.[1] : undefined
  if (answer.status === 206 && Number(begins) !== at) {
    throw new EngineError(
      'RegistryProtocol',
      `The registry ${registry} answered with another part of ${digest} than was asked for.`,
      { details: { digest } },
    )
  }
  const length = answer.headers['content-length']
  const expected = answer.status === 206 ? size - at : size
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
