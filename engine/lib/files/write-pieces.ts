import { writev } from 'node:fs'
import { promisify } from 'node:util'

const writevLater = promisify(writev)

/**
 * Writes pieces one behind the other, beginning at `position`, on a thread that may wait for the disk. They must stay as they are until
 * then.
 * @throws an errno error; part of them may be written
 */
export async function writePieces(fd: number, pieces: readonly Uint8Array[], position: number): Promise<void> {
  let left = pieces.filter(({ byteLength }) => byteLength > 0)
  for (let at = position; left.length > 0;) {
    const { bytesWritten } = await writevLater(fd, left, at)
    at += bytesWritten
    left = without(left, bytesWritten)
  }
}

/** The rest of pieces of which so many bytes are written. */
function without(pieces: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let skip = bytes
  const left: Uint8Array[] = []
  for (const piece of pieces) {
    if (skip < piece.byteLength) left.push(piece.subarray(skip))
    skip = Math.max(0, skip - piece.byteLength)
  }
  return left
}
