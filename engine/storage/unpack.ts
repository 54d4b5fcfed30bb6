import { setImmediate } from 'node:timers/promises'

import { EngineError } from '../errors/index.ts'
import { type DiffId, finishHash, hashFor } from '../image/index.ts'
import { createTarParser } from '../lib/tar/index.ts'
import type { AttributeOptions } from './attributes.ts'
import { layerInvalid, unpackFailure } from './failures.ts'
import { createLayerWriter } from './layer-writer.ts'

/** Ceilings against archives made to fill disks. */
export const unpackLimits = {
  /** Bytes of an uncompressed layer. */
  layerBytes: 256 * 1024 ** 3,
  /** How many times its compressed size a layer may inflate to, once it is larger than `freeBytes`. */
  ratio: 250,
  freeBytes: 1024 ** 3,
} as const

/** What there is to unpack and where to; plain data, fit to be sent to another thread. */
export interface UnpackJob extends AttributeOptions {
  /** An empty folder that nobody else can reach. */
  root: string
  diffId: DiffId
  /** Bytes of the compressed form, if any: bounds how far it may inflate. */
  compressedSize?: number
}

/** What came of it. */
export interface UnpackedLayer {
  /** Bytes of the uncompressed tar. */
  size: number
  /** Folders no member described. */
  implied: string[]
}

export interface UnpackInput extends UnpackJob {
  source: AsyncIterable<Uint8Array>
  signal?: AbortSignal
  limits?: { layerBytes: number; ratio: number; freeBytes: number }
}

/** Work of one layer between two turns of the event loop: with three at once still well below the 20 ms that other channels may wait. */
const turnMs = 3
const sliceBytes = 64 * 1024

/**
 * Unpacks an uncompressed layer into the empty folder `root` and verifies it. Writes are synchronous: each is a few microseconds,
 * and a trip through the thread pool costs more.
 * @returns its size, and the folders no member described. On failure the caller removes `root`.
 * @throws LayerInvalid, DigestMismatch, SubidMissing, DiskFull, Cancelled; what `source` throws is passed on.
 */
export async function unpackLayer(input: UnpackInput): Promise<UnpackedLayer> {
  const { diffId, signal } = input
  const writer = createLayerWriter(input)
  const parser = createTarParser(writer)
  const hash = hashFor(diffId)
  const bound = sizeBound(input)
  let size = 0
  let turn = performance.now()
  try {
    for await (const chunk of input.source) {
      size += chunk.byteLength
      if (size > bound)
        throw layerInvalid(`it inflates to more than ${Math.floor(bound / 1024 ** 2)} MiB, which is out of proportion`)
      hash.update(chunk)
      for (let at = 0; at < chunk.byteLength; at += sliceBytes) {
        parser.push(chunk.subarray(at, at + sliceBytes))
        if (performance.now() - turn < turnMs) continue
        await setImmediate()
        turn = performance.now()
      }
      if (signal?.aborted) throw new EngineError('Cancelled', 'Unpacking the layer was cancelled.', { cause: signal.reason })
    }
    parser.finish()
    const actual = finishHash(hash, diffId)
    if (actual !== (diffId as string)) {
      throw new EngineError(
        'DigestMismatch',
        `The layer ${diffId.slice(0, 19)} has other content than its image says (${actual.slice(0, 19)}).`,
        { details: { diffId, actual } },
      )
    }
    writer.finish()
    return { size, implied: writer.implied() }
  } catch (error) {
    throw unpackFailure(error, diffId)
  } finally {
    writer.close()
  }
}

function sizeBound({ compressedSize, limits = unpackLimits }: UnpackInput): number {
  if (compressedSize === undefined) return limits.layerBytes
  return Math.min(limits.layerBytes, Math.max(limits.freeBytes, compressedSize * limits.ratio))
}
