import { closeSync, openSync, read, readSync } from 'node:fs'
import { promisify } from 'node:util'

import { findInflateProgram, type InflateProgram, startInflating } from '../../../adapters/inflater.ts'
import { detectCompression } from '../../../image/index.ts'

const pieceBytes = 512 * 1024
const readSome = promisify(read)

/** The program of this host that inflates the file; nothing for a plain one, or without one. */
export function programFor(path: string): InflateProgram | null {
  const fd = openSync(path, 'r')
  try {
    const head = Buffer.alloc(4)
    const kind = readSync(fd, head, 0, 4, 0) < 4 ? 'none' : detectCompression(head)
    return kind === 'none' ? null : findInflateProgram(kind)
  } finally {
    closeSync(fd)
  }
}

/**
 * The plain bytes of a compressed file. Leaving the iteration ends the program.
 * @throws LayerInvalid when it is damaged
 */
export async function* inflateFile(path: string, program: InflateProgram): AsyncGenerator<Uint8Array, void, undefined> {
  const fd = openSync(path, 'r')
  try {
    const inflating = startInflating(program, fd)
    // One chunk ahead, so that reader and inflater need not wait for each other.
    let ahead = readPiece(inflating.output)
    try {
      for (let piece = await ahead; piece.byteLength > 0; piece = await ahead) {
        ahead = readPiece(inflating.output)
        yield piece
      }
      await inflating.done
    } finally {
      // The program ends soon. The descriptor must stay open until then.
      await ahead.catch(() => {})
      await inflating.close()
    }
  } finally {
    closeSync(fd)
  }
}

/** Each its own buffer: the consumer may keep it. */
function readPiece(fd: number): Promise<Uint8Array> {
  const reading = readSome(fd, Buffer.allocUnsafeSlow(pieceBytes), 0, pieceBytes, null)
  const piece = reading.then(({ bytesRead, buffer }) => buffer.subarray(0, bytesRead))
  // Reported where it is awaited, possibly later.
  piece.catch(() => {})
  return piece
}
