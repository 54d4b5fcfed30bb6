import { EngineError } from '../../../errors/index.ts'
import type { BlobBytes, Descriptor, Digest, ImageSource } from '../../../image/index.ts'
import { digestOf } from '../../../image/index.ts'
import type { Destination } from '../transports/index.ts'
import type { TransferProgress } from './progress.ts'
import { verified } from './verified.ts'

/** Where blobs go, and the abort signal. */
export interface BlobWay {
  destination: Destination
  progress: TransferProgress
  signal: AbortSignal
}

/**
 * Sends a blob unless it is there. Verified on the way.
 * @param kept it was verified when it was stored; the destination verifies it again, which is enough.
 */
export async function copyBlob(
  { destination, progress, signal }: BlobWay,
  descriptor: Descriptor,
  open: (offset: number) => AsyncIterable<Uint8Array>,
  kept = false,
): Promise<void> {
  requireNotAborted(signal)
  const report = progress.layer(descriptor)
  report.phase('waiting')
  const there = await destination.has(descriptor)
  if (there) return report.phase(there === 'mounted' ? 'mounted' : 'exists')
  report.phase('uploading')
  const counted = (count: number): void => {
    requireNotAborted(signal)
    report.bytes(count)
  }
  const bytes: BlobBytes = verified(descriptor, open, counted, !(kept && destination.traits.verifies))
  await destination.putBlob(descriptor, bytes)
  report.phase('done')
}

/** @throws Cancelled */
export function requireNotAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new EngineError('Cancelled', 'The copy was cancelled.', { cause: signal.reason })
}

/** A blob of the source; a small one may be in its descriptor. */
export function blobOf(
  source: ImageSource,
  descriptor: Descriptor,
  pooled = false,
): (offset: number) => AsyncIterable<Uint8Array> {
  const inlined = inlinedContent(descriptor)
  if (!inlined) return (offset) => source.blob(descriptor, offset, pooled)
  return async function* (offset) {
    yield inlined.subarray(offset)
  }
}

function inlinedContent({ data, digest, size }: Descriptor): Buffer | undefined {
  if (data === undefined || size > 64 * 1024) return undefined
  const bytes = Buffer.from(data, 'base64')
  return bytes.length === size && digestOf(bytes) === (digest satisfies Digest) ? bytes : undefined
}

/**
 * Runs `work` for each item in order, at most `count` at a time. After a failure no more are started, and the signal of the running
 * ones is aborted.
 * @throws the first failure
 */
export async function inParallel<T>(
  items: readonly T[],
  count: number,
  outer: AbortSignal,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController()
  const signal = AbortSignal.any([outer, stop.signal])
  const failures: unknown[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      try {
        await work(items[next++]!, signal)
      } catch (error) {
        failures.push(error)
        stop.abort(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(count, items.length) }, worker))
  if (failures.length > 0) throw failures[0]
}
