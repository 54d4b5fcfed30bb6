import type { Hash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'

import { EngineError } from '../../errors/index.ts'
import { type DiffId, finishHash, hashFor } from '../../image/index.ts'
import { createTarParser, type TarParser } from '../../lib/tar/index.ts'
import type { AttributeOptions } from './attributes.ts'
import { layerInvalid, unpackFailure } from '../failures.ts'
import { createLayerWriter, type LayerWriter } from './layer-writer.ts'

/** Limits against archives made to fill disks. */
export const unpackLimits = {
  /** Bytes of an uncompressed layer. */
  layerBytes: 256 * 1024 ** 3,
  /** How many times its compressed size a layer may inflate to, once it is larger than `freeBytes`. */
  ratio: 250,
  freeBytes: 1024 ** 3,
} as const

/** What to unpack and where to; plain data that can be sent to another thread. */
export interface UnpackJob extends AttributeOptions {
  /** An empty folder that nobody else can reach. */
  root: string
  diffId: DiffId
  /** Bytes of the compressed form, if any: bounds how far it may inflate. */
  compressedSize?: number
}

/** The result. */
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

/**
 * Time for one layer between two turns of the event loop: with three concurrent layers still well below the 20 ms that other
 * channels may wait.
 */
const turnMs = 3
const sliceBytes = 64 * 1024

/**
 * Unpacks an uncompressed layer into the empty folder `root` and verifies it. Writes are synchronous: each is a few microseconds,
 * and a trip through the thread pool costs more.
 * @returns its size, and the folders no member described. On failure the caller removes `root`.
 * @throws LayerInvalid, DigestMismatch, SubidMissing, DiskFull, Cancelled; what `source` throws is passed on.
 */
export async function unpackLayer(input: UnpackInput): Promise<UnpackedLayer> {
  const { signal } = input
  const layer = new Unpacking(input)
  let turn = performance.now()
  try {
    for await (const chunk of input.source) {
      layer.count(chunk)
      for (let at = 0; at < chunk.byteLength; at += sliceBytes) {
        layer.write(chunk.subarray(at, at + sliceBytes))
        if (performance.now() - turn < turnMs) continue
        await setImmediate()
        turn = performance.now()
      }
      if (signal?.aborted) throw new EngineError('Cancelled', 'Unpacking the layer was cancelled.', { cause: signal.reason })
    }
    return layer.finish()
  } catch (error) {
    throw unpackFailure(error, input.diffId)
  } finally {
    layer.close()
  }
}

/**
 * The same, without a pause: for a thread that does nothing else.
 * @param read gives the next bytes, which are used before it is called again; none at the end.
 * @throws as {@link unpackLayer}
 */
export function unpackLayerSync(job: Omit<UnpackInput, 'source' | 'signal'>, read: () => Uint8Array): UnpackedLayer {
  const layer = new Unpacking(job)
  try {
    for (let chunk = read(); chunk.byteLength > 0; chunk = read()) {
      layer.count(chunk)
      layer.write(chunk)
    }
    return layer.finish()
  } catch (error) {
    throw unpackFailure(error, job.diffId)
  } finally {
    layer.close()
  }
}

/** A layer that is being unpacked. */
class Unpacking {
  readonly #diffId: DiffId
  readonly #bound: number
  readonly #writer: LayerWriter
  readonly #parser: TarParser
  readonly #hash: Hash
  #size = 0

  constructor(job: Omit<UnpackInput, 'source' | 'signal'>) {
    this.#diffId = job.diffId
    this.#bound = sizeBound(job)
    this.#hash = hashFor(job.diffId)
    this.#writer = createLayerWriter(job)
    this.#parser = createTarParser(this.#writer)
  }

  /** Each byte is counted once, and then written. */
  count(chunk: Uint8Array): void {
    this.#size += chunk.byteLength
    if (this.#size > this.#bound)
      throw layerInvalid(`it inflates to more than ${Math.floor(this.#bound / 1024 ** 2)} MiB, which is out of proportion`)
    this.#hash.update(chunk)
  }

  write(chunk: Uint8Array): void {
    this.#parser.push(chunk)
  }

  finish(): UnpackedLayer {
    this.#parser.finish()
    const actual = finishHash(this.#hash, this.#diffId)
    if (actual !== (this.#diffId as string)) {
      throw new EngineError(
        'DigestMismatch',
        `The layer ${this.#diffId.slice(0, 19)} has other content than its image says (${actual.slice(0, 19)}).`,
        { details: { diffId: this.#diffId, actual } },
      )
    }
    this.#writer.finish()
    return { size: this.#size, implied: this.#writer.implied() }
  }

  close(): void {
    this.#writer.close()
  }
}

function sizeBound({ compressedSize, limits = unpackLimits }: Pick<UnpackInput, 'compressedSize' | 'limits'>): number {
  if (compressedSize === undefined) return limits.layerBytes
  return Math.min(limits.layerBytes, Math.max(limits.freeBytes, compressedSize * limits.ratio))
}
