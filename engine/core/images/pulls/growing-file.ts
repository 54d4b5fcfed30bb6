import { readSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'

import { releaseBuffer } from '../../../registry/index.ts'
import { recentPieces } from './recent-pieces.ts'

/** A blob that is read while it is still being written: the reader waits for announced bytes. The caller closes it. */
export interface GrowingFile {
  readonly fd: number
  /** Whether all of it is there. */
  readonly ended: boolean
  /**
   * Announces that there are `size` bytes now. `piece`, if given, holds the last of them, which then need not be read again; the
   * file owns it from then on.
   */
  advance(size: number, piece?: Uint8Array): void
  /** Announces the end. */
  end(): void
  /** Makes the reader fail with `error`. */
  fail(error: unknown): void
  /** The first bytes, fewer only when there are no more. @throws what the file failed with */
  start(bytes: number): Promise<Uint8Array>
  /** From the beginning; to be read once. */
  read(): AsyncGenerator<Uint8Array, void, undefined>
}

const pieceBytes = 256 * 1024

export function growingFile(fd: number): GrowingFile {
  let size = 0
  let ended = false
  let failure: { error: unknown } | undefined
  let changed = Promise.withResolvers<void>()
  const recent = recentPieces(releaseBuffer)
  const notify = (): void => {
    changed.resolve()
    changed = Promise.withResolvers()
  }
  /** Waits for `wanted` bytes from `at` on, and returns how many there are. */
  const ready = async (at: number, wanted: number): Promise<number> => {
    for (;;) {
      if (failure) throw failure.error
      if (size - at >= wanted || ended) return size - at
      await changed.promise
    }
  }
  return {
    fd,
    get ended() {
      return ended
    },
    advance(next, piece) {
      size = next
      if (piece) recent.add(next - piece.byteLength, piece)
      notify()
    },
    end() {
      ended = true
      notify()
    },
    fail(error) {
      failure ??= { error }
      notify()
    },
    start: async (bytes) => readPiece(fd, 0, Math.min(await ready(0, bytes), bytes)),
    async *read() {
      for (let at = 0, turn = 1; ; turn++) {
        const there = await ready(at, 1)
        const piece = recent.take(at) ?? readPiece(fd, at, there)
        if (piece.byteLength === 0) return recent.clear()
        at += piece.byteLength
        yield piece
        if (turn % 8 === 0) await setImmediate()
      }
    },
  }
}

function readPiece(fd: number, at: number, there: number): Uint8Array {
  const piece = Buffer.allocUnsafe(Math.min(pieceBytes, there))
  return piece.subarray(0, readSync(fd, piece, 0, piece.length, at))
}
