import { closeSync, openSync, rmSync } from 'node:fs'

import { EngineError } from '../../../errors/index.ts'
import type { ArchivePlace, BlobStore, ChainId, Descriptor, DiffId, ImageSource } from '../../../image/index.ts'
import type { LayerStore, StagedLayer } from '../../../storage/index.ts'
import type { Context } from '../../context.ts'
import { copyBlob } from './copied-blob.ts'
import { openDownload } from './download.ts'
import { type GrowingFile, growingFile } from './growing-file.ts'
import type { LayerProgress } from './pull-progress.ts'
import type { Unpacker } from './unpacker.ts'

export interface LayerJob {
  context: Context
  layers: LayerStore
  blobs: BlobStore
  source: ImageSource
  descriptor: Descriptor
  diffId: DiffId
  chainId: ChainId
  parent?: ChainId
  /** Settles when the layer below is in the store. */
  below: Promise<void>
  progress: LayerProgress
  unpacker: Unpacker
  signal: AbortSignal
}

/**
 * Fetches one layer into the store: fetching, verifying, storing the blob and unpacking run concurrently. Several processes may do
 * so: the first one works, the others wait for its blob.
 */
export async function storeLayer(job: LayerJob): Promise<void> {
  const { context, layers, blobs, descriptor, chainId, progress, signal } = job
  if (blobs.has(descriptor.digest) && layers.has(chainId)) {
    await job.below
    return progress.phase('exists')
  }
  // Not held while waiting for the layer below: two images may have the same blobs in another order.
  const staged = await context.lock('image', `blob-${descriptor.digest.replace(':', '-')}`, () => fetchAndUnpack(job), { signal })
  try {
    await job.below
    if (staged) await staged.commit(job.parent)
  } catch (error) {
    await staged?.discard()
    throw error
  }
  progress.phase('done')
}

async function fetchAndUnpack(job: LayerJob): Promise<StagedLayer | undefined> {
  if (job.blobs.has(job.descriptor.digest)) return unpackBlob(job)
  // A plain layer's digest is that of what is unpacked: verified there, it need not be hashed on the way in as well.
  const plain = (job.descriptor.digest as string) === job.diffId && !job.layers.has(job.chainId)
  const range = plain ? job.source.range?.(job.descriptor) : undefined
  if (range) return copyAndUnpack(job, range)
  try {
    return await download(job)
  } catch (error) {
    // The partial file of an earlier attempt may have been damaged: retried from the beginning.
    if (!EngineError.is(error, 'DigestMismatch') || error.details['resumed'] !== true) throw error
    return download(job)
  }
}

async function copyAndUnpack(job: LayerJob, range: ArchivePlace): Promise<StagedLayer> {
  const { blobs, descriptor, progress, signal } = job
  progress.phase('downloading')
  const partial = blobs.partialPath(descriptor.digest)
  let staged: StagedLayer | undefined
  try {
    await copyBlob(blobs, descriptor, range, (bytes) => progress.bytes(bytes), signal)
    staged = await unpackWhole(job, partial)
    blobs.adopt(descriptor.digest)
    return staged
  } catch (error) {
    rmSync(partial, { force: true })
    await staged?.discard()
    throw error
  }
}

async function unpackBlob(job: LayerJob): Promise<StagedLayer | undefined> {
  return job.layers.has(job.chainId) ? undefined : unpackWhole(job, job.blobs.path(job.descriptor.digest))
}

async function unpackWhole(job: LayerJob, path: string): Promise<StagedLayer> {
  job.progress.phase('unpacking')
  const file = growingFile(openSync(path, 'r'))
  try {
    file.advance(job.descriptor.size)
    file.end()
    return await stage(job, file)
  } finally {
    closeSync(file.fd)
  }
}

async function download(job: LayerJob): Promise<StagedLayer | undefined> {
  const { blobs, source, descriptor, progress } = job
  progress.phase('downloading')
  const fetched = openDownload(blobs, source, descriptor, (bytes) => {
    progress.bytes(bytes)
    if (bytes === descriptor.size) progress.phase('unpacking')
  })
  const unpacking = job.layers.has(job.chainId) ? undefined : stage(job, fetched.file)
  // When both fail, the download's failure is the reason: wrong bytes for the digest, or a network failure.
  const [ran, staged] = await Promise.allSettled([fetched.run(), unpacking])
  if (ran.status === 'fulfilled' && staged.status === 'fulfilled') {
    fetched.close(false)
    return staged.value
  }
  if (staged.status === 'fulfilled') await staged.value?.discard()
  const error: unknown = ran.status === 'rejected' ? ran.reason : (staged as PromiseRejectedResult).reason
  // On a full disk the space is freed; all other partial files are kept to be resumed.
  const discard = EngineError.is(error, 'DiskFull', 'DigestMismatch', 'SizeMismatch', 'LayerInvalid')
  fetched.close(discard)
  if (discard && blobs.has(descriptor.digest)) blobs.remove(descriptor.digest)
  if (!EngineError.is(error, 'DigestMismatch') || !fetched.resumed) throw error
  throw new EngineError(error.code, error.message, { details: { ...error.details, resumed: true }, cause: error })
}

async function stage(job: LayerJob, file: GrowingFile): Promise<StagedLayer> {
  const { layers, chainId, diffId, descriptor, signal, unpacker } = job
  const stop = (): void => file.fail(new EngineError('Cancelled', 'Unpacking was cancelled.', { cause: signal.reason }))
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await layers.stage({
      chainId,
      diffId,
      compressedSize: descriptor.size,
      unpack: (unpackJob) => unpacker.unpack(unpackJob, file),
    })
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
