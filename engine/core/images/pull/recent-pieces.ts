/** Pieces kept for a reader that keeps up; one that does not reads the file. */
const mostBytes = 1024 * 1024

/** The last pieces of a file that nobody has taken yet. */
export interface RecentPieces {
  /** They come in the file's order. Nobody may change them any more. */
  add(at: number, piece: Uint8Array): void
  /** What is kept of the piece that holds the byte at `at`, from there on; those before it go. */
  take(at: number): Uint8Array | undefined
  /** Lets go of all. */
  clear(): void
}

interface Piece {
  at: number
  piece: Uint8Array
}

const end = ({ at, piece }: Piece): number => at + piece.byteLength

/** @param unused is told of pieces that go without having been taken. */
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
      while (kept.bytes > mostBytes) unused(drop())
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
