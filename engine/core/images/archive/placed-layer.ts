import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'

import { type InflateProgram, inflateInto } from '../../../adapters/inflater.ts'
import { EngineError } from '../../../errors/index.ts'
import { type Digest, finishHash, hashFor } from '../../../image/index.ts'
import { seek, tell } from '../../../lib/sys/index.ts'
import { slots } from '../pulls/slots.ts'

/** A stored blob, and where its uncompressed bytes go. */
export interface InflateTarget {
  digest: Digest
  /** Its file. */
  blob: string
  program: InflateProgram
  /** Of the plain bytes. */
  size: number
  file: string
  offset: number
  signal: AbortSignal
}

/** Each uses one core. */
const inSlot = slots(Math.max(1, Math.min(4, availableParallelism())))

/**
 * Inflates a blob at an offset of a file: the program writes there directly, while the blob is verified.
 * @returns whether all of it was written. `false` for an intact blob means a failure of the file or the program; writing the bytes
 *   in this process then gives the exact error.
 * @throws StoreCorrupt when the blob is damaged; what `signal` was aborted with
 */
export function inflateAt(target: InflateTarget): Promise<boolean> {
  return inSlot(() => inflate(target))
}

async function inflate({ digest, blob, program, size, file, offset, signal }: InflateTarget): Promise<boolean> {
  signal.throwIfAborted()
  const failed = new AbortController()
  const stop = AbortSignal.any([signal, failed.signal])
  const from = openSync(blob, 'r')
  let to
  try {
    // Its own file position: others write to the same file.
    to = openSync(file, 'r+')
    seek(to, offset)
    const inflating = inflateInto(program, from, to, stop)
    // Damaged data may inflate without end.
    const verified = verify(from, digest, stop).catch((error: unknown) => {
      failed.abort(error)
      throw error
    })
    const [inflated, whole] = await Promise.allSettled([inflating, verified])
    signal.throwIfAborted()
    if (whole.status === 'rejected') throw whole.reason
    return inflated.status === 'fulfilled' && tell(to) === offset + size
  } finally {
    closeSync(from)
    if (to !== undefined) closeSync(to)
  }
}

const pieceBytes = 256 * 1024

/** Reads by position, with one buffer. @throws StoreCorrupt */
async function verify(fd: number, digest: Digest, signal: AbortSignal): Promise<void> {
  const hash = hashFor(digest)
  const buffer = Buffer.allocUnsafeSlow(pieceBytes)
  for (let at = 0, size = 1; size > 0; at += size) {
    size = readSync(fd, buffer, 0, pieceBytes, at)
    hash.update(buffer.subarray(0, size))
    await setImmediate()
    if (signal.aborted) return
  }
  if (finishHash(hash, digest) !== digest) throw damagedBlob(digest, 'is damaged in')
}

/** Writes bytes at an offset of a file. */
export async function writeAt(
  bytes: AsyncIterable<Uint8Array>,
  file: string,
  offset: number,
  signal: AbortSignal,
): Promise<void> {
  const fd = openSync(file, 'r+')
  try {
    let position = offset
    for await (const piece of bytes) {
      signal.throwIfAborted()
      for (let at = 0; at < piece.byteLength;) at += writeSync(fd, piece, at, piece.byteLength - at, position + at)
      position += piece.byteLength
    }
  } finally {
    closeSync(fd)
  }
}

/** @param state what it is, `is damaged in` the store. */
export function damagedBlob(digest: Digest, state: string): EngineError {
  return new EngineError('StoreCorrupt', `The blob ${digest} ${state} the store: pull the image again.`, { details: { digest } })
}
