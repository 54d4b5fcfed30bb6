import { closeSync, openSync, read, readSync } from 'node:fs'
import { promisify } from 'node:util'

import { findInflateProgram, type InflateProgram, startInflating } from '../../../adapters/inflater.ts'
import { detectCompression } from '../../../image/index.ts'

const pieceBytes = 256 * 1024
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
    try {
      for (;;) {
        // Each its own: whoever gets it may keep it.
        const { bytesRead, buffer } = await readSome(inflating.output, Buffer.allocUnsafeSlow(pieceBytes), 0, pieceBytes, null)
        if (bytesRead === 0) break
        yield buffer.subarray(0, bytesRead)
      }
      await inflating.done
    } finally {
      await inflating.close()
    }
  } finally {
    closeSync(fd)
  }
}
