import { createHash, type Hash } from 'node:crypto'

import { ChunkBorders, type ContentSink } from './chunk-borders.ts'
import type { Entry } from './contents.ts'
import { Crc64 } from './crc64.ts'
import type { Frames } from './frames.ts'
import type { MemberHeader } from './member-header.ts'

const zeroBytes = Buffer.alloc(64 * 1024)

/** Compresses a file's content into frames: one for each chunk. */
export class FileContent implements ContentSink {
  readonly entry: Entry
  readonly #frames: Frames
  readonly #placed: () => void
  readonly #borders = new ChunkBorders(this)
  readonly #checksum = new Crc64()
  readonly #whole = createHash('sha256')
  /** Of the chunk at hand, from the second on: up to the first border the whole's says it. */
  #chunk: Hash | undefined
  #size = 0
  #zeros = false
  #ending = false

  /** @param placed is called whenever it has become known where a chunk lies. */
  constructor(header: MemberHeader, frames: Frames, placed: () => void) {
    this.entry = { header, chunks: [], awaited: 1 }
    this.#frames = frames
    this.#placed = placed
  }

  push(bytes: Uint8Array): void {
    this.#borders.push(bytes)
  }

  /** The content is complete. @returns its checksum for tar-split. */
  finish(): Buffer {
    this.#ending = true
    this.#borders.finish()
    this.entry.digest = `sha256:${this.#whole.digest('hex')}`
    this.entry.awaited--
    return this.#checksum.digest()
  }

  data(bytes: Uint8Array): void {
    this.#whole.update(bytes)
    this.#checksum.update(bytes)
    if (this.entry.chunks.length > 0) (this.#chunk ??= createHash('sha256')).update(bytes)
    this.#size += bytes.byteLength
    this.#frames.add(bytes)
  }

  zeros(count: number): void {
    this.#zeros = true
    for (let left = count; left > 0; left -= zeroBytes.length) this.data(zeroBytes.subarray(0, left))
  }

  border(): void {
    if (this.#size === 0) return
    const { entry } = this
    // A chunk that is the whole file is known by the file's digest.
    const digest = this.#ending && entry.chunks.length === 0 ? '' : this.#chunkDigest()
    const chunk: Entry['chunks'][number] = { size: this.#size, digest, zeros: this.#zeros }
    entry.chunks.push(chunk)
    entry.awaited++
    this.#size = 0
    this.#zeros = false
    this.#frames.end((start, end) => {
      chunk.offset = start
      entry.end = end
      entry.awaited--
      this.#placed()
    })
  }

  #chunkDigest(): string {
    const hash = this.#chunk ?? this.#whole.copy()
    this.#chunk = undefined
    return `sha256:${hash.digest('hex')}`
  }
}
