import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'

import { EngineError } from '../../errors/index.ts'
import { writePieces } from '../../lib/files/write-pieces.ts'
import { type Digest, finishHash, hashFor } from '../digest.ts'
import { diskError } from './disk-error.ts'

/** A blob being written. */
export interface BlobWriter {
  /** The partial file, for concurrent readers; removed or renamed once the writer is closed. */
  readonly file: string
  /** Bytes there already, from an interrupted attempt. {@link BlobWriter.existing} must be read before the first write. */
  readonly resumedAt: number
  /** Bytes so far. */
  readonly written: number
  existing(): AsyncIterable<Uint8Array>
  /** @throws SizeMismatch beyond the announced size, DiskFull. */
  write(chunk: Uint8Array): void
  /**
   * Writes several chunks on another thread, for callers that a slow disk must not block. Each call must settle before the next
   * one. @throws as {@link BlobWriter.write}
   */
  append(chunks: readonly Uint8Array[]): Promise<void>
  /** Verifies size and digest and makes the blob visible. On failure the partial file is removed. @throws SizeMismatch, DigestMismatch */
  commit(): void
  /** Keeps the partial file for a later attempt. Idempotent; does nothing after `commit`. */
  suspend(): void
  /** Removes the partial file. Idempotent; does nothing after `commit`. */
  discard(): void
}

export interface BlobPlace {
  /** The file while it is incomplete. */
  partial: string
  /** Its name once it is complete. */
  final: string
  digest: Digest
  size: number
}

const pieceBytes = 256 * 1024

/** Opens or creates the partial file. One that is too long is started again. */
export function openBlobWriter(place: BlobPlace): BlobWriter {
  return new Writer(place)
}

class Writer implements BlobWriter {
  readonly file: string
  readonly resumedAt: number
  readonly #place: BlobPlace
  readonly #hash
  #fd: number | undefined
  #written: number

  constructor(place: BlobPlace) {
    this.#place = place
    this.file = place.partial
    this.#hash = hashFor(place.digest)
    // Not 'a': with O_APPEND, Linux writes at the end whatever position is given.
    this.#fd = openSync(place.partial, existsSync(place.partial) ? 'r+' : 'w+', 0o600)
    const found = fstatSync(this.#fd).size
    if (found > place.size) ftruncateSync(this.#fd, 0)
    this.#written = found > place.size ? 0 : found
    this.resumedAt = this.#written
  }

  get written(): number {
    return this.#written
  }

  async *existing(): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#fd === undefined || this.resumedAt === 0) return
    for await (const piece of readPieces(openSync(this.#place.partial, 'r'), this.resumedAt)) {
      this.#hash.update(piece)
      yield piece
    }
  }

  write(chunk: Uint8Array): void {
    writeFully(this.#accept(chunk.byteLength), chunk, this.#written)
    this.#hash.update(chunk)
    this.#written += chunk.byteLength
  }

  async append(chunks: readonly Uint8Array[]): Promise<void> {
    const length = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0)
    const writing = writePieces(this.#accept(length), chunks, this.#written)
    // While the other thread writes.
    for (const chunk of chunks) this.#hash.update(chunk)
    await writing.catch((error: unknown) => {
      throw diskError(error)
    })
    this.#written += length
  }

  /** The descriptor to write to. */
  #accept(length: number): number {
    const { digest, size } = this.#place
    if (this.#fd === undefined) throw new EngineError('Cancelled', `The blob ${digest} is no longer being written.`)
    if (this.#written + length <= size) return this.#fd
    throw new EngineError('SizeMismatch', `The blob ${digest} is longer than the ${size} bytes its manifest says.`, {
      details: { digest },
    })
  }

  commit(): void {
    if (!this.#close()) return
    try {
      this.#verify()
      renameSync(this.#place.partial, this.#place.final)
    } catch (error) {
      rmSync(this.#place.partial, { force: true })
      throw error
    }
  }

  suspend(): void {
    if (this.#close() && this.#written === 0) rmSync(this.#place.partial, { force: true })
  }

  discard(): void {
    if (this.#close()) rmSync(this.#place.partial, { force: true })
  }

  #close(): boolean {
    if (this.#fd === undefined) return false
    closeSync(this.#fd)
    this.#fd = undefined
    return true
  }

  #verify(): void {
    const { digest, size } = this.#place
    if (this.#written !== size) {
      throw new EngineError('SizeMismatch', `The blob ${digest} has ${this.#written} bytes where its manifest says ${size}.`, {
        details: { digest },
      })
    }
    const actual = finishHash(this.#hash, digest)
    if (actual === digest) return
    throw new EngineError('DigestMismatch', `The blob ${digest} arrived with other content (${actual}).`, {
      details: { digest, actual },
    })
  }
}

function writeFully(fd: number, chunk: Uint8Array, position: number): void {
  try {
    for (let at = 0; at < chunk.byteLength;) at += writeSync(fd, chunk, at, chunk.byteLength - at, position + at)
  } catch (error) {
    throw diskError(error)
  }
}

/** Reads in chunks with synchronous calls: pages are in memory or arrive by read-ahead. Closes `fd`. */
export async function* readPieces(fd: number, end = Infinity): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (let at = 0, turn = 1; at < end; turn++) {
      // Without this, a fast consumer would keep every other task of the process waiting.
      if (turn % 8 === 0) await setImmediate()
      const piece = Buffer.allocUnsafe(Math.min(pieceBytes, end - at))
      const size = readSync(fd, piece, 0, piece.length, at)
      if (size === 0) return
      at += size
      yield piece.subarray(0, size)
    }
  } finally {
    closeSync(fd)
  }
}
