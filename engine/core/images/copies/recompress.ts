import { createHash, randomBytes } from 'node:crypto'
import { closeSync, fstatSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import { constants, createGzip, createZstdCompress } from 'node:zlib'

import { EngineError } from '../../../errors/index.ts'
import { type Compression, decompressWithin, type Digest, diskError, type NewLayer } from '../../../image/index.ts'

/** A layer that was recompressed, in a file without a name: nothing of it is left when the process ends. */
export interface Spooled extends NewLayer {
  /** Why a layer that was to be zstd:chunked is plain zstd. */
  unclear?: string | undefined
  bytes(offset: number): AsyncIterable<Uint8Array>
  /** Idempotent. */
  close(): void
}

/** How a layer may be compressed; zstd:chunked is zstd with a table of contents. */
export type Target = Compression | 'zstd:chunked'

/** Those that can be asked for. */
export type ChosenCompression = Exclude<Target, 'none'>

export interface CompressionChoice {
  compression: Target
  /** As gzip or zstd count it; the usual one where not given. */
  level?: number
}

const chunkSize = 256 * 1024

/**
 * A layer's tar in another compression. The same tar gives the same bytes.
 * @param folder for temporary files.
 * @throws LayerInvalid, DiskFull, InvalidArgument for a level that there is not; what `source` throws
 */
export async function recompress(source: AsyncIterable<Uint8Array>, choice: CompressionChoice, folder: string): Promise<Spooled> {
  const fd = openUnlinked(folder)
  try {
    const hash = createHash('sha256')
    let size = 0
    const packed = await pack(decompressWithin(source), choice)
    for await (const piece of packed.bytes) {
      hash.update(piece)
      for (let at = 0; at < piece.byteLength;) at += write(fd, piece, at, size + at)
      size += piece.byteLength
    }
    let open = true
    return {
      digest: `sha256:${hash.digest('hex')}` as Digest,
      size,
      compression: choice.compression === 'zstd:chunked' ? 'zstd' : choice.compression,
      annotations: packed.annotations?.() ?? {},
      unclear: packed.unclear?.(),
      bytes: (offset) => read(fd, offset),
      close() {
        if (open) closeSync(fd)
        open = false
      },
    }
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

function openUnlinked(folder: string): number {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, `spool-${randomBytes(8).toString('hex')}`)
  try {
    return openSync(path, 'wx+', 0o600)
  } catch (error) {
    throw diskError(error)
  } finally {
    rmSync(path, { force: true })
  }
}

function write(fd: number, piece: Uint8Array, at: number, position: number): number {
  try {
    return writeSync(fd, piece, at, piece.byteLength - at, position)
  } catch (error) {
    throw diskError(error)
  }
}

async function* read(fd: number, offset: number): AsyncGenerator<Uint8Array, void, undefined> {
  const { size } = fstatSync(fd)
  for (let at = offset, turn = 1; at < size; turn++) {
    if (turn % 8 === 0) await setImmediate()
    const piece = Buffer.allocUnsafeSlow(Math.min(chunkSize, size - at))
    const length = readSync(fd, piece, 0, piece.length, at)
    if (length === 0) return
    at += length
    yield piece.subarray(0, length)
  }
}

interface Packed {
  bytes: AsyncIterable<Uint8Array>
  /** For the layer's descriptor, at the end. */
  annotations?(): Record<string, string>
  unclear?(): string | undefined
}

async function pack(source: AsyncIterable<Uint8Array>, { compression, level }: CompressionChoice): Promise<Packed> {
  if (compression === 'none') return { bytes: source }
  if (compression === 'gzip') return { bytes: compress(source, gzip(level)) }
  if (compression === 'zstd') return { bytes: compress(source, zstd(level)) }
  requireLevel('zstd', level ?? zstdLevel, 22)
  const { compressChunked } = await import('../../../image/chunked/compress-chunked.ts')
  return compressChunked(source, level ?? zstdLevel)
}

async function* compress(
  source: AsyncIterable<Uint8Array>,
  engine: ReturnType<typeof createGzip | typeof createZstdCompress>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let fault: unknown
  const remember = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield* source
    } catch (error) {
      fault = error
      throw error
    }
  }
  const fed = pipeline(Readable.from(remember(), { objectMode: false, highWaterMark: chunkSize }), engine)
  // Its failure also ends the loop below, which reports it.
  fed.catch(() => {})
  try {
    for await (const piece of engine) yield piece as Buffer
    await fed
  } catch (error) {
    throw fault ?? error
  } finally {
    engine.destroy()
  }
}

function gzip(level = 6): ReturnType<typeof createGzip> {
  requireLevel('gzip', level, 9)
  return createGzip({ level, chunkSize })
}

const zstdLevel = 3

function zstd(level = zstdLevel): ReturnType<typeof createZstdCompress> {
  requireLevel('zstd', level, 22)
  return createZstdCompress({ chunkSize, params: { [constants.ZSTD_c_compressionLevel]: level } })
}

function requireLevel(name: string, level: number, most: number): void {
  if (Number.isInteger(level) && level >= 1 && level <= most) return
  throw new EngineError('InvalidArgument', `The compression level ${level} is none of ${name}: it goes from 1 to ${most}.`)
}
