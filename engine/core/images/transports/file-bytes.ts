import { closeSync, readSync, statSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'

import { EngineError } from '../../../errors/index.ts'
import { type Digest, finishHash, hashFor, limits, type SourceManifest } from '../../../image/index.ts'
import { openPlain } from '../../../lib/files/plain-file.ts'

const pieceBytes = 512 * 1024

/** A file's bytes from `offset` on, in large chunks. @throws ArchiveInvalid when it is not there; `what` names it. */
export async function* fileBytes(path: string, offset: number, what: string): AsyncGenerator<Uint8Array, void, undefined> {
  const fd = openFile(path, what)
  try {
    for (let at = offset, turn = 1; ; turn++) {
      // Without this, a fast consumer would keep every other task of the process waiting.
      if (turn % 8 === 0) await setImmediate()
      const piece = Buffer.allocUnsafeSlow(pieceBytes)
      const size = readSync(fd, piece, 0, pieceBytes, at)
      if (size === 0) return
      at += size
      yield size === pieceBytes ? piece : piece.subarray(0, size)
    }
  } finally {
    closeSync(fd)
  }
}

function openFile(path: string, what: string): number {
  try {
    return openPlain(path)
  } catch (cause) {
    throw missing(what, cause)
  }
}

/**
 * A manifest in a file.
 * @param digest what it must have, where that is known.
 * @throws ArchiveInvalid, DigestMismatch
 */
export function fileManifest(path: string, digest: Digest | undefined, mediaType: string, what: string): SourceManifest {
  const bytes = readSmall(path, what)
  const like = digest ?? (`sha256:${'0'.repeat(64)}` as Digest)
  const actual = finishHash(hashFor(like).update(bytes), like)
  if (digest === undefined || actual === digest) return { bytes, digest: actual, mediaType }
  throw new EngineError('DigestMismatch', `${what} has other content (${actual}) than its digest ${digest} says.`, {
    details: { expected: digest, actual },
  })
}

/** The content of a small file. @throws ArchiveInvalid */
export function readSmall(path: string, what: string): Buffer {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found?.isFile()) throw missing(what)
  if (found.size > limits.manifestBytes) throw new EngineError('ArchiveInvalid', `${what} is larger than 4 MiB.`)
  const fd = openFile(path, what)
  try {
    const bytes = Buffer.alloc(found.size)
    let length = 0
    for (let read = 1; read > 0 && length < bytes.length; length += read)
      read = readSync(fd, bytes, length, bytes.length - length, length)
    return bytes.subarray(0, length)
  } finally {
    closeSync(fd)
  }
}

function missing(what: string, cause?: unknown): EngineError {
  const reason = (cause as NodeJS.ErrnoException | undefined)?.code
  const why = cause === undefined || reason === 'ENOENT' ? 'is missing' : `cannot be read (${(cause as Error).message})`
  return new EngineError('ArchiveInvalid', `${what} ${why}.`, { cause })
}
