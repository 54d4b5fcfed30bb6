import { closeSync, openSync, rmSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'

import { EngineError } from '../../../errors/index.ts'
import { type ArchivePlace, type BlobStore, type Descriptor, diskError } from '../../../image/index.ts'
import { copyRange, nameFile } from '../../../lib/sys/index.ts'
import { slots } from './slots.ts'

const turnBytes = 4 * 1024 * 1024

/** One at a time: the first is ready to be unpacked while the next is copied. */
const oneAtATime = slots(1)

/**
 * Makes a blob inside a local file its partial file in the store: by a name, where the file holds just that and is of the same file
 * system, otherwise copied in the kernel. Its bytes are not verified. The caller holds the blob's lock, and removes it on failure.
 * @throws SizeMismatch, DiskFull, Cancelled
 */
export function copyBlob(...input: Parameters<typeof copyNow>): Promise<void> {
  return oneAtATime(() => copyNow(...input))
}

async function copyNow(
  blobs: BlobStore,
  { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
  from: ArchivePlace,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const partial = blobs.partialPath(digest)
  // Of an earlier attempt.
  rmSync(partial, { force: true })
  if (from.whole && nameFile(from.fd, partial)) return onBytes(size)
  const to = openSync(partial, 'w', 0o600)
  try {
    for (let at = 0; at < size;) {
      const copied = copyRange(from.fd, from.offset + at, to, at, Math.min(turnBytes, size - at))
      if (copied === 0)
        throw new EngineError('SizeMismatch', `The blob ${digest} is shorter than the ${size} bytes that it should have.`)
      onBytes((at += copied))
      if (signal.aborted) throw new EngineError('Cancelled', 'The copy was cancelled.', { cause: signal.reason })
      await setImmediate()
    }
  } catch (error) {
    throw diskError(error)
  } finally {
    closeSync(to)
  }
}
