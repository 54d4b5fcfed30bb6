import { setImmediate } from 'node:timers/promises'

import { EngineError } from '../../../errors/index.ts'
import { type ChainId, chainIds, type Descriptor, imageIdOf, type ImageSource, type Platform } from '../../../image/index.ts'
import { failureIn } from '../../../lib/files/disk-failure.ts'
import type { LayerStore } from '../../../storage/index.ts'
import { type ImageRecord, putImage, putImageName, timestamp } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { collect } from '../store/collect.ts'
import { imageBlobs, withSharedLock } from '../store/image-store.ts'
import { requireTrust, type TrustChoice } from '../trust/require-trust.ts'
import { storeLayer } from './layer.ts'
import { type ImagePlan, planImage } from './manifest.ts'
import type { Progress } from './pull-progress.ts'
import { slots } from './slots.ts'
import { openUnpacker } from './unpacker.ts'

export interface FetchInput {
  context: Context
  source: ImageSource
  /** Full names that it gets, `registry/repository:tag`; the first one is what messages call it. May be none. */
  names: readonly string[]
  wanted: Platform
  platformNamed: boolean
  progress: Progress
  signal: AbortSignal
  /** The event's status: `pull` or `loadfromarchive`. */
  event?: string
  /** The policy.json that applies, if not the default one. */
  trust?: TrustChoice
}

/** Layers that are fetched and unpacked concurrently. */
const parallel = 3

/**
 * Fetches an image into the store from any source. It becomes visible, with its name, in one transaction once it is complete; on
 * failure only resumable partial blobs stay.
 */
export async function fetchImage(input: FetchInput): Promise<ImageRecord> {
  const { context, source, names, progress, signal } = input
  const blobs = imageBlobs(context)
  let begun = false
  try {
    return await withSharedLock(
      context,
      async () => {
        const plan = await planImage(source, blobs, names[0] ?? source.name, input.wanted, input.platformNamed)
        const { mediaType } = plan.manifest
        await requireTrust(
          source,
          { bytes: plan.manifestBytes, digest: plan.manifestDigest, mediaType },
          { ...input.trust, signal },
        )
        for (const warning of plan.warnings) {
          if (progress.quiet) context.log.warn(warning)
          else progress.line(`WARNING: ${warning}`)
        }
        begun = true
        await storeLayers(input, plan)
        progress.line(`Copying config ${plan.manifest.config.digest}`)
        blobs.put(plan.configBytes)
        progress.line('Writing manifest to image destination')
        blobs.put(plan.manifestBytes)
        if (plan.indexBytes) blobs.put(plan.indexBytes)
        return record(input, plan)
      },
      signal,
    )
  } catch (error) {
    if (begun) await collect(context).catch((second: unknown) => context.log.warn(`after a failed pull: ${String(second)}`))
    throw failureIn(context.root, error)
  }
}

async function storeLayers(input: FetchInput, plan: ImagePlan): Promise<void> {
  const { context, source, progress } = input
  const layers = await context.layers()
  const blobs = imageBlobs(context)
  const chain = chainIds(plan.document.diffIds)
  // One failure aborts the others.
  const stop = new AbortController()
  const signal = AbortSignal.any([input.signal, stop.signal])
  const reports = plan.manifest.layers.map((descriptor) => {
    progress.line(`Copying blob ${descriptor.digest}`)
    const report = progress.layer(descriptor)
    report.phase('waiting')
    return report
  })
  // Each of these takes some milliseconds when there are many layers.
  await setImmediate()
  const missing = missingBytes(layers, chain, plan)
  await setImmediate()
  const uncompressed = plan.manifest.layers.every(({ digest }, i) => (digest as string) === plan.document.diffIds[i])
  const unpacker = openUnpacker(missing, uncompressed, context.service)
  await unpacker.ready
  const visible: Promise<void>[] = []
  const free = slots(parallel)
  for (const [i, descriptor] of plan.manifest.layers.entries()) {
    const below = visible[i - 1] ?? Promise.resolve()
    const parent: ChainId | undefined = chain[i - 1]
    const job = free(() => {
      if (signal.aborted) throw new EngineError('Cancelled', 'The pull was cancelled.', { cause: signal.reason })
      return storeLayer({
        context,
        layers,
        blobs,
        source,
        descriptor,
        diffId: plan.document.diffIds[i]!,
        chainId: chain[i]!,
        below,
        unpacker,
        progress: reports[i]!,
        signal,
        ...(parent ? { parent } : {}),
      })
    })
    job.catch((error: unknown) => stop.abort(error))
    visible.push(job)
  }
  const results = await Promise.allSettled(visible)
  await unpacker.close()
  const failed = results.filter((result) => result.status === 'rejected').map((result) => result.reason as unknown)
  if (failed.length === 0) return
  // The others only report that they were aborted.
  throw failed.find((error) => !EngineError.is(error, 'Cancelled')) ?? failed[0]
}

/** Compressed bytes of the layers that have to be unpacked. */
function missingBytes(layers: LayerStore, chain: readonly ChainId[], plan: ImagePlan): number {
  return plan.manifest.layers.reduce((sum, { size }, i) => (layers.has(chain[i]!) ? sum : sum + size), 0)
}

async function record({ context, names, event = 'pull' }: FetchInput, plan: ImagePlan): Promise<ImageRecord> {
  const { manifest, document } = plan
  const layers = await context.layers()
  const chain = chainIds(document.diffIds)
  const id = imageIdOf(manifest.config.digest)
  const image: ImageRecord = {
    id,
    added: timestamp(),
    created: Math.floor(Date.parse(document.created) / 1000),
    // As podman counts: its store has the manifest twice, by name and by digest.
    size:
      chain.reduce((sum, each) => sum + layers.record(each).size, 0) + 2 * plan.manifestBytes.length + plan.configBytes.length,
    facts: {
      os: document.os,
      architecture: document.architecture,
      variant: document.variant ?? '',
      labels: document.config.Labels ?? null,
      manifest: { mediaType: manifest.mediaType, digest: plan.manifestDigest, size: plan.manifestBytes.length },
      config: plain(manifest.config),
      layers: manifest.layers.map(plain),
      diffIds: document.diffIds,
      chain,
      digests: plan.digests,
    },
  }
  await context.database.transaction(() => {
    putImage(context.database, image)
    for (const name of names) putImageName(context.database, { name, image: id, digest: plan.digests[0]! })
  })
  for (const name of names.length > 0 ? names : [id]) context.emit({ type: 'image', status: event, id, name })
  return image
}

const plain = ({ mediaType, digest, size }: Descriptor): { mediaType: string; digest: string; size: number } => ({
  mediaType,
  digest,
  size,
})
