import { EngineError } from '../../../errors/index.ts'
import { type BlobStore, type ChainId, decompress, type Descriptor, type DiffId, type Inflate } from '../../../image/index.ts'
import type { Repository } from '../../../registry/index.ts'
import type { LayerStore, StagedLayer } from '../../../storage/index.ts'
import type { Context } from '../../context.ts'
import { openDownload } from './download.ts'
import type { LayerProgress } from './progress.ts'

export interface LayerJob {
  context: Context
  layers: LayerStore
  blobs: BlobStore
  repository: Repository
  descriptor: Descriptor
  diffId: DiffId
  chainId: ChainId
  parent?: ChainId
  /** Settles when the layer below is in the store. */
  below: Promise<void>
  progress: LayerProgress
  gzip?: Inflate
  signal: AbortSignal
}

/**
 * Brings one layer into the store: fetched, verified, kept as a blob and unpacked, in one pass. Several processes may do so at
 * once: the first one works, the others wait for its blob.
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
  try {
    return await download(job)
  } catch (error) {
    // What an earlier attempt left may have been damaged: once more, from the beginning.
    if (!EngineError.is(error, 'DigestMismatch') || error.details['resumed'] !== true) throw error
    return download(job)
  }
}

async function unpackBlob(job: LayerJob): Promise<StagedLayer | undefined> {
  if (job.layers.has(job.chainId)) return undefined
  job.progress.phase('unpacking')
  return stage(job, job.blobs.stream(job.descriptor.digest))
}

async function download(job: LayerJob): Promise<StagedLayer | undefined> {
  const { blobs, repository, descriptor, progress, signal } = job
  progress.phase('downloading')
  const fetched = openDownload(blobs, repository, descriptor, (bytes) => {
    progress.bytes(bytes)
    if (bytes === descriptor.size) progress.phase('unpacking')
  })
  let discard = false
  let staged: StagedLayer | undefined
  try {
    if (!job.layers.has(job.chainId)) staged = await stageFetched(job, fetched.bytes(), () => fetched.finish())
    await fetched.finish()
    return staged
  } catch (error) {
    await staged?.discard()
    // A full disk gets its space back; everything else is worth going on with.
    discard = EngineError.is(error, 'DiskFull', 'DigestMismatch', 'SizeMismatch', 'LayerInvalid')
    if (discard && blobs.has(descriptor.digest)) blobs.remove(descriptor.digest)
    if (EngineError.is(error, 'DigestMismatch') && fetched.resumed && !signal.aborted) {
      throw new EngineError(error.code, error.message, { details: { ...error.details, resumed: true }, cause: error })
    }
    throw error
  } finally {
    await fetched.close(discard)
  }
}

/** When unpacking fails because other bytes came than the digest says, that is the failure to report. */
async function stageFetched(job: LayerJob, source: AsyncIterable<Uint8Array>, finish: () => Promise<void>): Promise<StagedLayer> {
  try {
    return await stage(job, source)
  } catch (error) {
    if (!job.signal.aborted && EngineError.is(error, 'LayerInvalid', 'DigestMismatch')) await finish()
    throw error
  }
}

function stage(job: LayerJob, source: AsyncIterable<Uint8Array>): Promise<StagedLayer> {
  const { layers, chainId, diffId, descriptor, signal, gzip } = job
  return layers.stage({
    chainId,
    diffId,
    source: decompress(source, gzip ? { gzip } : {}),
    compressedSize: descriptor.size,
    signal,
  })
}
