import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'

import { decompressWithProgram, type ForeignCompression } from '../../../adapters/decompressor.ts'
import { findIgzip, inflateWithIgzip } from '../../../adapters/igzip.ts'
import { EngineError } from '../../../errors/index.ts'
import {
  type ArchiveContent,
  type Compression,
  decompress,
  detectCompression,
  type Inflate,
  wholeArchive,
} from '../../../image/index.ts'
import type { Context } from '../../context.ts'
import { spoolArchive } from './spool-archive.ts'

/** How a whole archive is compressed; its first bytes say so. */
export type ArchiveCompression = Compression | ForeignCompression

/** How many bytes {@link archiveCompression} looks at. */
const headBytes = 6

/** By the first six bytes (RFC 1952, RFC 8878, xz-file-format.txt 2.1.1.1, bzip2's `BZh`). */
export function archiveCompression(head: Uint8Array): ArchiveCompression {
  const text = Buffer.from(head.subarray(0, headBytes)).toString('latin1')
  if (text === '\u00fd7zXZ\0') return 'xz'
  if (/^BZh[1-9]/.test(text)) return 'bzip2'
  return head.byteLength < 4 ? 'none' : detectCompression(head)
}

/** Inflates gzip the fastest way that this host has; nothing where that is Node's own. */
export function fastInflate(): { gzip?: Inflate } {
  const igzip = findIgzip()
  return igzip === null ? {} : { gzip: (source) => inflateWithIgzip(igzip, source) }
}

/**
 * The file at `path`, uncompressed: itself, or a temporary copy that is removed when it is closed. The caller closes it.
 * @throws NotFound, AccessDenied, ArchiveInvalid when it is no plain file, ProgramMissing, LayerInvalid, TooLarge, DiskFull, Cancelled
 */
export async function openPlainFile(context: Context, path: string, signal?: AbortSignal): Promise<ArchiveContent> {
  const fd = openFile(path)
  try {
    if (!fstatSync(fd).isFile()) {
      // A fifo or the like cannot be read by position.
      return await plainBody(context, readFrom(fd, undefined), signal)
    }
    const head = Buffer.alloc(headBytes)
    const compression = archiveCompression(head.subarray(0, readSync(fd, head, 0, headBytes, 0)))
    if (compression === 'none') return wholeArchive(fd)
    const plain = await spoolArchive(context, inflate(readFrom(fd, 0), compression), {
      compressedSize: fstatSync(fd).size,
      signal,
    })
    closeSync(fd)
    return plain
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/** As {@link openPlainFile}, for bytes that come from elsewhere: always a temporary copy. */
export async function plainBody(
  context: Context,
  body: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<ArchiveContent> {
  const count = { bytes: 0 }
  return spoolArchive(context, plainBytes(body, count), { received: () => count.bytes, signal })
}

/** The uncompressed bytes of an archive as it comes. @param count is called with the number of bytes read. */
export async function* plainBytes(
  body: AsyncIterable<Uint8Array>,
  count: { bytes: number } = { bytes: 0 },
): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = body[Symbol.asyncIterator]()
  try {
    const start: Uint8Array[] = []
    while (count.bytes < headBytes) {
      const result = await iterator.next()
      if (result.done) break
      start.push(result.value)
      count.bytes += result.value.byteLength
    }
    const head = Buffer.concat(start)
    const whole = async function* (): AsyncGenerator<Uint8Array> {
      if (head.length > 0) yield head
      for (let result = await iterator.next(); !result.done; result = await iterator.next()) {
        count.bytes += result.value.byteLength
        yield result.value
      }
    }
    const compression = archiveCompression(head)
    yield* compression === 'none' ? whole() : inflate(whole(), compression)
  } finally {
    await iterator.return?.()
  }
}

function inflate(source: AsyncIterable<Uint8Array>, kind: ArchiveCompression): AsyncIterable<Uint8Array> {
  return kind === 'xz' || kind === 'bzip2' ? decompressWithProgram(kind, source) : decompress(source, fastInflate())
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const absent = code === 'ENOENT' || code === 'ENOTDIR'
    const text = absent ? `There is no file ${path}.` : `The file ${path} cannot be read: ${message}.`
    throw new EngineError(absent ? 'NotFound' : 'AccessDenied', text, { details: { path }, cause })
  }
}

async function* readFrom(fd: number, position: number | undefined): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = position, turn = 1; ; turn++) {
    if (turn % 4 === 0) await setImmediate()
    const piece = Buffer.allocUnsafe(512 * 1024)
    const size = readSync(fd, piece, 0, piece.length, at ?? null)
    if (size === 0) return
    if (at !== undefined) at += size
    yield piece.subarray(0, size)
  }
}
