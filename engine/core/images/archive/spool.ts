import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'

import { EngineError } from '../../../errors/index.ts'
import { diskError } from '../../../image/index.ts'
import { freeBytes } from '../../../lib/async/owned-bytes.ts'
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

/**
 * Spools a stream to an unlinked file beside the store: its space is freed when it is closed, also by a crash. The caller closes
 * it.
 * @throws TooLarge (also when it inflates out of proportion), DiskFull, Cancelled; what `source` throws is passed on.
 */
export async function spool(
  context: Context,
  source: AsyncIterable<Uint8Array>,
  { compressedSize, received, signal, each }: SpoolOptions = {},
): Promise<number> {
  const fd = openUnlinked(context)
  try {
    let size = 0
    let turn = performance.now()
    for await (const piece of source) {
      size += piece.byteLength
      const before = compressedSize ?? received?.()
      const bound = Math.max(spoolLimits.freeBytes, (before ?? Infinity) * spoolLimits.ratio)
      if (size > Math.min(spoolLimits.bytes, bound))
        throw new EngineError(
          'TooLarge',
          `The archive is larger than is accepted: ${size} bytes${before ? ` from ${before}` : ''}.`,
        )
      for (let at = 0; at < piece.byteLength;) at += writeSync(fd, piece, at)
      each?.(piece)
      freeBytes(piece)
      if (signal?.aborted) throw new EngineError('Cancelled', 'Reading the archive was cancelled.', { cause: signal.reason })
      if (performance.now() - turn < 5) continue
      await setImmediate()
      turn = performance.now()
    }
    return fd
  } catch (error) {
    closeSync(fd)
    throw diskError(error)
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
