/** Bytes kept for a reader that keeps up; a slower one reads the file. */
const maxBytes = 1024 * 1024

/** The last chunks of a file that were not read yet. */
export interface RecentPieces {
  /** In the file's order. They must not change any more. */
  add(at: number, piece: Uint8Array): void
  /** What is kept of the piece that holds the byte at `at`, from there on; those before it go. */
  take(at: number): Uint8Array | undefined
  /** Drops all. */
  clear(): void
}

interface Piece {
  at: number
  piece: Uint8Array
}

const end = ({ at, piece }: Piece): number => at + piece.byteLength

/** @param unused is called with chunks that are dropped unread. */
export function recentPieces(unused: (piece: Uint8Array) => void): RecentPieces {
  const kept: { pieces: Piece[]; bytes: number } = { pieces: [], bytes: 0 }
  const drop = (): Uint8Array => {
    const { piece } = kept.pieces.shift()!
    kept.bytes -= piece.byteLength
    return piece
  }
  return {
    add(at, piece) {
      kept.pieces.push({ at, piece })
      kept.bytes += piece.byteLength
      while (kept.bytes > maxBytes) unused(drop())
    },
    clear() {
      while (kept.pieces.length > 0) unused(drop())
    },
    take(at) {
      while (kept.pieces.length > 0 && end(kept.pieces[0]!) <= at) unused(drop())
      const from = kept.pieces[0]?.at ?? Infinity
      return from <= at ? drop().subarray(at - from) : undefined
    },
  }
}
