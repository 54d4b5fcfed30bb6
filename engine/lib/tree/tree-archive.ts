import { closeSync, fstatSync, ftruncateSync, read, readSync } from 'node:fs'
import { promisify } from 'node:util'

import { copyRange } from '../sys/index.ts'
import { type TarInput, writeTar } from '../tar/index.ts'

/**
 * An archive of a tree of this machine. Read as bytes it is a tar; who unpacks it in the same process takes its members as they are, and
 * nothing is packed only to be unpacked.
 */
export class TreeArchive implements AsyncIterable<Uint8Array> {
  readonly #members: () => AsyncGenerator<TarInput, void, undefined>

  /** @param members called for each reading; what it throws is passed on. */
  constructor(members: () => AsyncGenerator<TarInput, void, undefined>) {
    this.#members = members
  }

  /** A body is only valid until the next member is asked for; those of plain files are {@link OpenFile}. */
  members(): AsyncGenerator<TarInput, void, undefined> {
    return this.#members()
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    return writeTar(this.#members())
  }
}

const pieceBytes = 256 * 1024
const readAsync = promisify(read)

/** The first `size` bytes of an open file, which reads as zeros beyond its end. Its maker closes it. */
export class OpenFile implements AsyncIterable<Uint8Array> {
  readonly size: number
  readonly #fd: number
  readonly #isPlain: boolean
  #open = true

  /** @param fd is this object's from now on. */
  constructor(fd: number, size: number) {
    this.size = size
    this.#fd = fd
    this.#isPlain = fstatSync(fd).isFile()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    let at = 0
    while (this.#isPlain && at < this.size) {
      const piece = Buffer.allocUnsafe(Math.min(pieceBytes, this.size - at))
      // What is small is there sooner than a thread of the pool.
      const length = this.size <= pieceBytes ? readSync(this.#fd, piece, 0, piece.length, at) : await this.#read(piece, at)
      if (length === 0) break
      at += length
      yield piece.subarray(0, length)
    }
    for (; at < this.size; at += pieceBytes) yield new Uint8Array(Math.min(this.size - at, pieceBytes))
  }

  /** Writes the bytes into an empty file, inside the kernel where it can. @returns after each piece, so that the caller may take a turn. */
  *copyInto(target: number): Generator<void, void, undefined> {
    let at = 0
    while (this.#isPlain && at < this.size) {
      const length = copyRange(this.#fd, at, target, at, Math.min(4 * 1024 * 1024, this.size - at))
      if (length === 0) break
      at += length
      yield
    }
    if (at < this.size) ftruncateSync(target, this.size)
  }

  /** Idempotent. */
  close(): void {
    if (this.#open) closeSync(this.#fd)
    this.#open = false
  }

  async #read(piece: Buffer, at: number): Promise<number> {
    return (await readAsync(this.#fd, piece, 0, piece.length, at)).bytesRead
  }
}
