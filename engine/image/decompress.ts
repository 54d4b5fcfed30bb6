import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'

import { EngineError } from '../errors/index.ts'
import { detectCompression } from './media-types.ts'

/** Large pieces: fewer hops between the thread pool and the event loop, each a fraction of a millisecond of work. */
const pieceBytes = 256 * 1024

/** Inflates a gzip stream some faster way, for instance in a program. */
export type Inflate = (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>

/**
 * The plain bytes of a gzip, zstd or uncompressed stream; the first bytes say which, since media types are often wrong.
 * Leaving the iteration early leaves `source` too.
 * @param options.gzip replaces the built-in gzip reader.
 * @throws LayerInvalid when the compressed data is damaged or cut short; what `source` throws is passed on.
 */
export async function* decompress(source: AsyncIterable<Uint8Array>, options: { gzip?: Inflate } = {}): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = source[Symbol.asyncIterator]()
  try {
    const start: Uint8Array[] = []
    let length = 0
    while (length < 4) {
      const result = await iterator.next()
      if (result.done) break
      start.push(result.value)
      length += result.value.byteLength
    }
    const head = Buffer.concat(start)
    const whole = resume(head, iterator)
    const kind = detectCompression(head)
    if (kind === 'none') yield* whole
    else if (kind === 'gzip' && options.gzip) yield* options.gzip(whole)
    else yield* inflate(whole, kind)
  } finally {
    await iterator.return?.()
  }
}

async function* resume(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  if (head.byteLength > 0) yield head
  for (let result = await rest.next(); !result.done; result = await rest.next()) yield result.value
}

async function* inflate(source: AsyncGenerator<Uint8Array>, kind: 'gzip' | 'zstd'): AsyncGenerator<Uint8Array, void, undefined> {
  const engine = kind === 'gzip' ? createGunzip({ chunkSize: pieceBytes }) : createZstdDecompress({ chunkSize: pieceBytes })
  let fault: unknown
  const remember = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield* source
    } catch (error) {
      fault = error
      throw error
    }
  }
  const fed = pipeline(Readable.from(remember(), { objectMode: false, highWaterMark: pieceBytes }), engine)
  // Its failure also ends the loop below, where it is reported.
  fed.catch(() => {})
  try {
    for await (const piece of engine) yield piece as Buffer
    await fed
  } catch (error) {
    if (fault) throw fault
    if (error instanceof EngineError) throw error
    throw new EngineError('LayerInvalid', `The compressed data is damaged: ${(error as Error).message}.`, { cause: error })
  } finally {
    engine.destroy()
  }
}
