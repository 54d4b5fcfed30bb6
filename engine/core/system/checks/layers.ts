import { lstatSync } from 'node:fs'
import path from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { type ChainId, decompress, type Digest, type DiffId } from '../../../image/index.ts'
import { containerById, containersOfImage } from '../../../store/index.ts'
import { snapshotOf } from '../../containers/records/snapshot.ts'
import type { Context } from '../../context.ts'
import { type CheckJob, repaired, shortId } from './job.ts'

interface WantedLayer {
  chainId: ChainId
  diffId: DiffId
  parent: ChainId | undefined
  digest: Digest
  compressedSize: number
}

/** Whether images' layers are present and complete, lowest first; damaged ones are unpacked again from their blobs. */
export async function checkLayers(job: CheckJob): Promise<void> {
  const wanted = wantedLayers(job)
  for (const layer of wanted.values()) {
    if (job.signal?.aborted) throw new EngineError('Cancelled', 'The check was cancelled.')
    await checkLayer(job, layer)
  }
  for (const chainId of job.layers.list()) {
    if (wanted.has(chainId) || job.unreadable.size > 0 || !isOld(job, chainId)) continue
    job.report.Layers[chainId] = [`layer ${chainId}: no image needs it`]
    if (!job.repair) job.remaining++
    else {
      await job.layers.remove(chainId)
      job.report.RemovedLayers.push(chainId)
    }
  }
}

function wantedLayers({ images }: CheckJob): Map<string, WantedLayer> {
  const wanted = new Map<string, WantedLayer>()
  for (const { facts } of images) {
    for (const [i, chainId] of facts.chain.entries()) {
      wanted.set(chainId, {
        chainId: chainId as ChainId,
        diffId: facts.diffIds[i] as DiffId,
        parent: facts.chain[i - 1] as ChainId | undefined,
        digest: facts.layers[i]!.digest as Digest,
        compressedSize: facts.layers[i]!.size,
      })
    }
  }
  return wanted
}

async function checkLayer(job: CheckJob, layer: WantedLayer): Promise<void> {
  const { chainId, digest, parent } = layer
  const hasBlob = job.blobs.has(digest) && !job.badBlobs.has(digest)
  const lies = parent !== undefined && job.badLayers.has(parent)
  const seen = job.layers.layerProblems(chainId)
  const repair = job.repair && hasBlob && !lies
  if (seen.length === 0 && (job.quick || !hasBlob)) return
  const user = repair ? await mountedUser(job, chainId) : undefined
  const problems = hasBlob && (repair || !job.quick) ? await compare(job, layer, repair && !user) : seen
  if (problems.length === 0) return
  job.report.Layers[chainId] = problems.map((problem) => `layer ${chainId}: ${problem}`)
  if (repair && !user && job.layers.layerProblems(chainId).length === 0)
    return repaired(job, `The layer ${shortId(chainId)} was unpacked again from its blob.`)
  if (user) job.report.Layers[chainId].push(`it is in use: stop container ${shortId(user)}, and repair again`)
  // It is counted with the images that need it.
  job.badLayers.add(chainId)
}

async function compare(job: CheckJob, layer: WantedLayer, repair: boolean): Promise<string[]> {
  const { chainId, diffId, parent, digest, compressedSize } = layer
  try {
    return await job.layers.examine({
      chainId,
      diffId,
      ...(parent ? { parent } : {}),
      source: decompress(job.blobs.stream(digest)),
      compressedSize,
      repair,
    })
  } catch (error) {
    // The disk is not the layer's fault.
    if (EngineError.is(error, 'DiskFull', 'StoreUnavailable')) throw error
    const reported = job.layers.layerProblems(chainId)
    return [...reported, `its blob cannot be unpacked (${EngineError.from(error).message})`]
  }
}

/** A container that has the layer mounted now. */
async function mountedUser({ context, layers, images }: CheckJob, chainId: ChainId): Promise<string | undefined> {
  const users = new Set(images.filter(({ facts }) => facts.chain.includes(chainId)).map(({ id }) => id))
  const containers = [...users].flatMap((image) => containersOfImage(context.database, image))
  const snapshots = containers.map(({ id }) => snapshotById(context, id))
  return [...snapshots, ...users].find((id) => layers.isMounted(id))
}

/** Of a container whose record cannot be read, the one that nearly all have. */
function snapshotById({ database }: Context, id: string): string {
  try {
    const record = containerById(database, id)
    return record ? snapshotOf(record) : id
  } catch {
    return id
  }
}

function isOld({ context, maxAge }: CheckJob, chainId: ChainId): boolean {
  const found = lstatSync(path.join(context.root, 'layers', chainId), { throwIfNoEntry: false })
  return found !== undefined && Date.now() - found.mtimeMs > maxAge
}
