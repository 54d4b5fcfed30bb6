import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createGunzip, createZstdDecompress, zstdDecompress } from 'node:zlib'

import { EngineError } from '../../errors/index.ts'
import { watchSource } from '../../lib/files/watched-source.ts'
import { detectCompression } from '../manifest/media-types.ts'
import { type FramePart, zstdFrames } from './zstd-frames.ts'

/** Large chunks: each hop to the thread pool and back costs more than a small chunk is worth (measured: a third of the time). */
const inputBytes = 256 * 1024
const outputBytes = 1024 * 1024

/** Bytes of a frame that is inflated in one go. */
const smallFrame = 64 * 1024

/** What such a frame may give in one go. */
const maxPieceBytes = 8 * 1024 * 1024

const zstdInflate = promisify(zstdDecompress)

/** A faster way to inflate a gzip stream, for instance with a program. */
export type Inflate = (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>

/**
 * The plain bytes of a gzip, zstd or uncompressed stream; the first bytes say which, since media types are often wrong. Leaving the
 * iteration early also leaves `source`.
 * @param options.gzip replaces the built-in gzip reader.
 * @throws LayerInvalid when the compressed data is damaged or cut short; what `source` throws is passed on.
 */
export async function* decompress(
  source: AsyncIterable<Uint8Array>,
  options: { gzip?: Inflate } = {},
): AsyncGenerator<Uint8Array, void, undefined> {
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
    else if (kind === 'zstd') yield* inflateFrames(whole)
    else yield* inflate(whole, kind)
  } finally {
    await iterator.return?.()
  }
}

/** Limits against streams made to fill disks: `freeBytes` of output are always allowed, then a multiple of the input. */
const inflation = { ratio: 250, freeBytes: 1024 ** 3 }

/**
 * As {@link decompress}, for callers that store the output.
 * @throws LayerInvalid also when its size is out of proportion to the input
 */
export async function* decompressWithin(
  source: AsyncIterable<Uint8Array>,
  limits = inflation,
): AsyncGenerator<Uint8Array, void, undefined> {
  let received = 0
  let size = 0
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of source) {
      received += piece.byteLength
      yield piece
    }
  }
  for await (const piece of decompress(counted())) {
    size += piece.byteLength
    if (size > Math.max(limits.freeBytes, received * limits.ratio))
      throw new EngineError('LayerInvalid', `The compressed data inflates out of proportion: to ${size} bytes from ${received}.`)
    yield piece
  }
}

async function* resume(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  if (head.byteLength > 0) yield head
  for (let result = await rest.next(); !result.done; result = await rest.next()) yield result.value
}

async function* inflate(source: AsyncGenerator<Uint8Array>, kind: 'gzip' | 'zstd'): AsyncGenerator<Uint8Array, void, undefined> {
  // The pool inflates while earlier output is hashed and written.
  const options = { chunkSize: outputBytes, readableHighWaterMark: 4 * outputBytes, writableHighWaterMark: 4 * inputBytes }
  const engine = kind === 'gzip' ? createGunzip(options) : createZstdDecompress(options)
  const watched = watchSource(joinPieces(source))
  const fed = pipeline(Readable.from(watched.bytes, { objectMode: false, highWaterMark: inputBytes }), engine)
  // Its failure also ends the loop below, which reports it.
  fed.catch(() => {})
  try {
    for await (const piece of engine) yield piece as Buffer
    await fed
  } catch (error) {
    const fault = watched.fault()
    if (fault) throw fault.error
    if (error instanceof EngineError) throw error
    throw new EngineError('LayerInvalid', `The compressed data is damaged: ${(error as Error).message}.`, { cause: error })
  } finally {
    engine.destroy()
  }
}

/** All frames of a zstd stream, one after another. */
async function* inflateFrames(source: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const parts = zstdFrames(source)
  try {
    for (let next = await parts.next(); !next.done; next = await parts.next()) {
      const first = next.value
      // A small frame is inflated in one call: a decoder for each would cost more.
      const whole = first.last && first.bytes.byteLength <= smallFrame ? await inflateWhole(first.bytes) : undefined
      if (whole) yield whole
      else yield* inflate(frameOf(first, parts), 'zstd')
    }
  } finally {
    await parts.return()
  }
}

async function* frameOf(first: FramePart, rest: AsyncGenerator<FramePart>): AsyncGenerator<Uint8Array> {
  let part: FramePart | undefined = first
  while (part) {
    yield part.bytes
    if (part.last) return
    const next: IteratorResult<FramePart> = await rest.next()
    part = next.done ? undefined : next.value
  }
}

/** `undefined` for a frame that inflates to very much, such as a large file of zeros. */
async function inflateWhole(frame: Uint8Array): Promise<Buffer | undefined> {
  try {
    return await zstdInflate(frame, { maxOutputLength: maxPieceBytes })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return undefined
    throw new EngineError('LayerInvalid', `The compressed data is damaged: ${(error as Error).message}.`, { cause: error })
  }
}

/** Joins small chunks to larger ones; the last may be small. */
export async function* joinPieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let parts: Uint8Array[] = []
  let length = 0
  for await (const part of source) {
    parts.push(part)
    length += part.byteLength
    if (length < inputBytes) continue
    yield parts.length === 1 ? part : Buffer.concat(parts, length)
    parts = []
    length = 0
  }
  if (length > 0) yield Buffer.concat(parts, length)
}
