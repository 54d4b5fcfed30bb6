import { readSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'

/** A blob that is read while it is still being written: the reader waits for what is announced. Whoever opened `fd` closes it. */
export interface GrowingFile {
  readonly fd: number
  /** Says that there are `size` bytes now. */
  advance(size: number): void
  /** Says that no more will come. */
  end(): void
  /** Makes the reader fail with `error`. */
  fail(error: unknown): void
  /** From the beginning; to be read once. */
  read(): AsyncIterable<Uint8Array>
  /** Passes on, now and later, what is announced. */
  watch(listener: (news: FileNews) => void): void
}

/** What there is to know of a file that grows. */
export interface FileNews {
  size: number
  ended: boolean
  failure?: unknown
}

const pieceBytes = 256 * 1024

export function growingFile(fd: number): GrowingFile {
  const news: FileNews = { size: 0, ended: false }
  let changed = Promise.withResolvers<void>()
  let listener: ((news: FileNews) => void) | undefined
  const tell = (): void => {
    listener?.(news)
    changed.resolve()
    changed = Promise.withResolvers()
  }
  return {
    fd,
    advance(size) {
      news.size = size
      tell()
    },
    end() {
      news.ended = true
      tell()
    },
    fail(error) {
      news.failure ??= error
      tell()
    },
    watch(next) {
      listener = next
      next(news)
    },
    async *read() {
      for (let at = 0, turn = 1; ;) {
        if (news.failure !== undefined) throw news.failure
        // Whole pieces are worth waiting for: each costs a trip through the thread pool.
        const ready = Math.min(pieceBytes, news.size - at)
        if (ready === pieceBytes || (news.ended && ready > 0)) {
          const piece = Buffer.allocUnsafe(ready)
          const size = readSync(fd, piece, 0, ready, at)
          if (size === 0) return
          at += size
          yield piece.subarray(0, size)
          if (turn++ % 8 === 0) await setImmediate()
        } else if (news.ended) return
        else await changed.promise
      }
    },
  }
}
