import { randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

import { diskError } from '../../../image/index.ts'

/** Writes a file under a temporary name beside it, then renames it. On failure what was written is removed. @throws DiskFull */
export async function writeBlob(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    mkdirSync(dirname(path), { recursive: true })
    const fd = openSync(temporary, 'wx', 0o644)
    try {
      for await (const piece of bytes) writeFully(fd, piece)
    } finally {
      closeSync(fd)
    }
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw diskError(error)
  }
}

function writeFully(fd: number, piece: Uint8Array): void {
  for (let at = 0; at < piece.byteLength;) at += writeSync(fd, piece, at)
}
