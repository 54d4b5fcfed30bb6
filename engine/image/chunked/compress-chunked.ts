import { setImmediate } from 'node:timers/promises'

import { joinPieces } from '../blobs/decompress.ts'
import { type Contents, ContentsWriter } from './contents.ts'
import { FileContent } from './file-content.ts'
import { Frames, skippableHead } from './frames.ts'
import { type MemberHeader, AmbiguousArchive } from './member-header.ts'
import { type SegmentSink, TarSegments } from './tar-segments.ts'

/** A layer that is being compressed as zstd:chunked. */
export interface ChunkedLayer {
  bytes: AsyncGenerator<Uint8Array, void, undefined>
  /** For the layer's descriptor, once all bytes have been read. Empty where the archive could not be described. */
  annotations(): Record<string, string>
  /** Why it could not. */
  unclear(): string | undefined
}

/** Bytes that are processed between turns of the event loop. */
const sliceBytes = 64 * 1024
/** Frames that are compressed, or wait for it, while more is read. */
const ahead = 16
/** The most that a frame of headers holds. */
const rawBytes = 256 * 1024

const prefix = 'io.github.containers.zstd-chunked.'
/** The footer's last eight bytes. */
const footerMagic = Buffer.from('GNUlInUx')
/** The only kind of table there is: that of CRFS. */
const tableType = 1

/**
 * Compresses a layer's tar as containers/storage does for zstd:chunked (docs/containers-storage-zstd-chunked.md and pkg/chunked
 * there): each chunk of a file is a zstd frame of its own, and after them, in frames that are skipped, come a table of contents,
 * the tar-split data and a footer. Inflated, it is the tar as it was. The same tar gives the same bytes. An archive that readers
 * might understand in several ways is compressed as well, but without a table: it is then plain zstd. Memory is bounded, whatever
 * the layer.
 * @param level as zstd counts it, 1 to 22.
 * @throws what `source` throws
 */
export function compressChunked(source: AsyncIterable<Uint8Array>, level: number): ChunkedLayer {
  const writer = new ChunkedWriter(level)
  // Frames may be tiny, and there may be many.
  return { bytes: joinPieces(writer.run(source)), annotations: () => writer.annotations, unclear: () => writer.unclearReason }
}

class ChunkedWriter implements SegmentSink {
  readonly #frames: Frames
  readonly #segments = new TarSegments(this)
  #contents: ContentsWriter | undefined
  annotations: Record<string, string> = {}
  unclearReason: string | undefined
  /** Bytes other than content, since the last content. */
  #raw: Uint8Array[] = []
  #file: FileContent | undefined

  constructor(level: number) {
    this.#frames = new Frames(level)
    this.#contents = new ContentsWriter(level)
  }

  async *run(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const piece of source) {
        const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
        for (let at = 0; at < bytes.length; at += sliceBytes) {
          this.#segments.push(bytes.subarray(at, at + sliceBytes))
          yield* this.#frames.drain(ahead)
          await this.#contents?.caughtUp()
          await setImmediate()
        }
      }
      this.#segments.finish()
      this.#frames.end()
      yield* this.#frames.drain(0)
      const contents = this.#contents
      if (contents && !contents.empty) yield* this.#finish(await contents.finish())
    } finally {
      this.#frames.close()
      this.#contents?.close()
    }
  }

  raw(bytes: Uint8Array): void {
    if (!this.#contents) return this.#frames.add(bytes)
    this.#raw.push(bytes)
    // Frame borders do not depend on the chunks of the input.
    for (let at = 0; at < bytes.byteLength;) {
      const part = bytes.subarray(at, at + rawBytes - this.#frames.pending)
      at += part.byteLength
      this.#frames.add(part)
      if (this.#frames.pending === rawBytes) this.#frames.end()
    }
  }

  member(header: MemberHeader): void {
    const contents = this.#contents
    if (!contents) return
    this.#segment()
    if (header.size === 0) {
      contents.file(header, undefined)
      return contents.add({ header, chunks: [], awaited: 0 })
    }
    // The frame of headers ends here: a chunk's holds nothing else.
    this.#frames.end()
    this.#file = new FileContent(header, this.#frames, () => this.#placed())
    contents.add(this.#file.entry)
  }

  content(bytes: Uint8Array): void {
    if (this.#file) this.#file.push(bytes)
    else this.#frames.add(bytes)
  }

  end(): void {
    const file = this.#file
    if (!file) return
    this.#file = undefined
    this.#contents?.file(file.entry.header, file.finish())
    this.#contents?.settle()
  }

  marked(): void {
    this.#segment()
  }

  unclear(reason: string): void {
    this.unclearReason = reason
    this.#contents?.close()
    this.#contents = undefined
    this.#raw = []
    // It may hold back zeros that could have become a hole.
    this.#file?.finish()
    this.#file = undefined
  }

  #placed(): void {
    try {
      this.#contents?.settle()
    } catch (error) {
      if (!(error instanceof AmbiguousArchive)) throw error
      this.unclear(error.message)
    }
  }

  #segment(): void {
    if (this.#raw.length > 0) this.#contents?.segment(Buffer.concat(this.#raw))
    this.#raw = []
  }

  async *#finish({ table, split }: Contents): AsyncGenerator<Uint8Array, void, undefined> {
    const tableAt = this.#frames.position + 8
    const splitAt = tableAt + table.size + 8
    yield skippableHead(table.size)
    yield* table.pieces
    yield skippableHead(split.size)
    yield* split.pieces
    const footer = Buffer.alloc(56)
    const numbers = [tableAt, table.size, table.length, tableType, splitAt, split.size, split.length]
    for (const [i, each] of numbers.entries()) footer.writeBigUInt64LE(BigInt(each), i * 8)
    yield Buffer.concat([skippableHead(footer.length + footerMagic.length), footer, footerMagic])
    this.annotations = {
      [`${prefix}manifest-checksum`]: table.digest,
      [`${prefix}manifest-position`]: `${tableAt}:${table.size}:${table.length}:${tableType}`,
      [`${prefix}tarsplit-position`]: `${splitAt}:${split.size}:${split.length}`,
    }
  }
}
