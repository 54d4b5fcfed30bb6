import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { diskError } from '../../../image/index.ts'
import { freeBytes } from '../../../lib/async/owned-bytes.ts'
import { writePieces } from '../../../lib/files/write-pieces.ts'
import { randomToken } from '../../../lib/random-id.ts'
import { openUnnamed } from '../../../lib/sys/index.ts'
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
const batchBytes = 1024 * 1024

/**
 * Spools a stream to a file without a name beside the store: its space is freed when it is closed, also by a crash. The caller closes
 * it. The disk is waited for by another thread.
 * @throws TooLarge (also when it inflates out of proportion), DiskFull, Cancelled; what `source` throws is passed on.
 */
export async function spool(context: Context, source: AsyncIterable<Uint8Array>, options: SpoolOptions = {}): Promise<number> {
  const fd = openSpool(context)
  try {
    await pour(source, (bytes, at) => [{ fd, at, bytes }], options)
    return fd
  } catch (error) {
    closeSync(fd)
    throw diskError(error)
  }
}

/**
 * Writes a stream where `place` says. On failure nothing is being written any more.
 * @returns how many bytes it had. @throws as {@link spool}, and errno errors
 */
export async function pour(
  source: AsyncIterable<Uint8Array>,
  place: Place,
  { compressedSize, received, signal, each }: SpoolOptions,
): Promise<number> {
  const file = openBatches(place, each)
  try {
    let size = 0
    for await (const piece of source) {
      size += piece.byteLength
      requireInProportion(size, compressedSize ?? received?.())
      await file.add(piece)
      if (signal?.aborted) throw new EngineError('Cancelled', 'Reading the archive was cancelled.', { cause: signal.reason })
    }
    await file.end()
    return size
  } catch (error) {
    // What is being written may not find the number of another file.
    await file.settled()
    throw error
  }
}

/** @param before bytes before inflation, where known. */
function requireInProportion(size: number, before: number | undefined): void {
  const bound = Math.max(spoolLimits.freeBytes, (before ?? Infinity) * spoolLimits.ratio)
  if (size <= Math.min(spoolLimits.bytes, bound)) return
  throw new EngineError('TooLarge', `The archive is larger than is accepted: ${size} bytes${before ? ` from ${before}` : ''}.`)
}

/** Bytes, the file that they are for, and their position in it. */
export interface Placed {
  readonly fd: number
  readonly at: number
  readonly bytes: Uint8Array
}

/** Where the bytes of a stream go that come at a position of it. */
export type Place = (bytes: Uint8Array, position: number) => readonly Placed[]

interface Batches {
  /** Takes a piece over. Waits while two batches are on their way. */
  add(piece: Uint8Array): Promise<void>
  /** Once all is written. */
  end(): Promise<void>
  /** Once nothing is being written any more. */
  settled(): Promise<void>
}

function openBatches(place: Place, each: SpoolOptions['each']): Batches {
  let batch: Uint8Array[] = []
  let bytes = 0
  let position = 0
  let writing = Promise.resolve()
  const write = async (pieces: readonly Uint8Array[], from: number): Promise<void> => {
    let at = from
    const placed = pieces.flatMap((piece) => {
      const here = place(piece, at)
      at += piece.byteLength
      return here
    })
    for (const run of runsOf(placed)) {
      await writePieces(
        run[0]!.fd,
        run.map((each) => each.bytes),
        run[0]!.at,
      )
    }
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

/** What lies one behind the other in the same file. */
function runsOf(placed: readonly Placed[]): Placed[][] {
  const runs: Placed[][] = []
  let end: { fd: number; at: number } | undefined
  for (const each of placed) {
    if (end?.fd === each.fd && end.at === each.at) runs.at(-1)!.push(each)
    else runs.push([each])
    end = { fd: each.fd, at: each.at + each.bytes.byteLength }
  }
  return runs
}

/** The folder of files that are being received. */
export function spoolFolder(context: Context): string {
  const folder = join(context.root, 'staging')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}

/** A file without a name. @throws DiskFull and other errors of the disk */
export function openSpool(context: Context): number {
  const folder = spoolFolder(context)
  try {
    const fd = openUnnamed(folder, 0o600)
    if (fd !== undefined) return fd
    const path = join(folder, `${process.pid}-spool-${randomToken()}`)
    const named = openSync(path, 'wx+', 0o600)
    rmSync(path)
    return named
  } catch (error) {
    throw diskError(error)
  }
}
