import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { diskError } from '../../../image/index.ts'
import { freeBytes } from '../../../lib/async/owned-bytes.ts'
import { writePieces } from '../../../lib/files/write-pieces.ts'
import { randomToken } from '../../../lib/random-id.ts'
import type { Context } from '../../context.ts'

export interface SpoolOptions {
  /** Bytes before inflation, where known beforehand. */
  compressedSize?: number
  /** Bytes before inflation so far, where the total is not known. */
  received?: () => number
  signal?: AbortSignal | undefined
  /** Called with every chunk as it is written. It may not be kept. */
  each?: (piece: Uint8Array) => void
}

/** Ceilings against input made to fill disks. */
export const spoolLimits = { bytes: 256 * 1024 ** 3, ratio: 250, freeBytes: 1024 ** 3 }

/** Bytes that are written at once, while as many arrive. */
const batchBytes = 512 * 1024

/**
 * Spools a stream to an unlinked file beside the store: its space is freed when it is closed, also by a crash. The caller closes
 * it. The disk is waited for by another thread.
 * @throws TooLarge (also when it inflates out of proportion), DiskFull, Cancelled; what `source` throws is passed on.
 */
export async function spool(
  context: Context,
  source: AsyncIterable<Uint8Array>,
  { compressedSize, received, signal, each }: SpoolOptions = {},
): Promise<number> {
  const fd = openUnlinked(context)
  const file = openBatches(fd, each)
  try {
    let size = 0
    for await (const piece of source) {
      size += piece.byteLength
      requireInProportion(size, compressedSize ?? received?.())
      await file.add(piece)
      if (signal?.aborted) throw new EngineError('Cancelled', 'Reading the archive was cancelled.', { cause: signal.reason })
    }
    await file.end()
    return fd
  } catch (error) {
    // What is being written may not find the number of another file.
    await file.settled()
    closeSync(fd)
    throw diskError(error)
  }
}

/** @param before bytes before inflation, where known. */
function requireInProportion(size: number, before: number | undefined): void {
  const bound = Math.max(spoolLimits.freeBytes, (before ?? Infinity) * spoolLimits.ratio)
  if (size <= Math.min(spoolLimits.bytes, bound)) return
  throw new EngineError('TooLarge', `The archive is larger than is accepted: ${size} bytes${before ? ` from ${before}` : ''}.`)
}

interface Batches {
  /** Takes a piece over. Waits while two batches are on their way. */
  add(piece: Uint8Array): Promise<void>
  /** Once all is written. */
  end(): Promise<void>
  /** Once nothing is being written any more. */
  settled(): Promise<void>
}

function openBatches(fd: number, each: SpoolOptions['each']): Batches {
  let batch: Uint8Array[] = []
  let bytes = 0
  let position = 0
  let writing = Promise.resolve()
  const write = async (pieces: readonly Uint8Array[], at: number): Promise<void> => {
    await writePieces(fd, pieces, at)
    for (const piece of pieces) {
      each?.(piece)
      freeBytes(piece)
    }
  }
  const flush = async (): Promise<void> => {
    await writing
    writing = write(batch, position)
    // Awaited before the next one, or at the end.
    writing.catch(() => {})
    position += bytes
    batch = []
    bytes = 0
  }
  return {
    async add(piece) {
      batch.push(piece)
      bytes += piece.byteLength
      if (bytes >= batchBytes) await flush()
    },
    async end() {
      if (bytes > 0) await flush()
      await writing
    },
    settled: () => writing.catch(() => {}),
  }
}

function openUnlinked(context: Context): number {
  const folder = join(context.root, 'staging')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, `${process.pid}-spool-${randomToken()}`)
  try {
    return openSync(path, 'wx+', 0o600)
  } catch (error) {
    throw diskError(error)
  } finally {
    rmSync(path, { force: true })
  }
}
