import { statSync } from 'node:fs'

import { EngineError } from '../../../errors/index.ts'
import { type Digest, finishHash, hashFor } from '../../../image/index.ts'
import { needed } from '../../images/store/collect.ts'
import { type CheckJob, repaired, shortId } from './job.ts'

/**
 * Whether stored blobs have the size and digest that their images require. A layer's blob may be missing: containers need only its
 * files.
 */
export async function checkBlobs(job: CheckJob): Promise<void> {
  const sizes = new Map<string, number>()
  for (const { facts } of job.images)
    for (const { digest, size } of [facts.manifest, facts.config, ...facts.layers]) sizes.set(digest, size)
  // The needs of an unreadable record are unknown; only known blobs are checked.
  const { digests } = await needed(job.context, () => {})
  for (const digest of digests) {
    if (job.signal?.aborted) throw new EngineError('Cancelled', 'The check was cancelled.')
    const problem = await blobProblem(job, digest as Digest, sizes.get(digest))
    if (problem) job.badBlobs.set(digest, problem)
    if (problem && job.blobs.has(digest as Digest)) await dropBlob(job, digest as Digest, problem)
  }
}

async function blobProblem({ blobs, quick }: CheckJob, digest: Digest, size: number | undefined): Promise<string | undefined> {
  const found = statSync(blobs.path(digest), { throwIfNoEntry: false })
  if (!found) return 'is missing'
  if (!found.isFile()) return 'is no file'
  if (size !== undefined && found.size !== size) return `has ${found.size} bytes instead of ${size}`
  if (quick) return undefined
  const hash = hashFor(digest)
  try {
    for await (const piece of blobs.stream(digest)) hash.update(piece)
  } catch (error) {
    return `cannot be read (${(error as Error).message})`
  }
  const actual = finishHash(hash, digest)
  return actual === digest ? undefined : `has other content (${actual.slice(0, 19)})`
}

async function dropBlob(job: CheckJob, digest: Digest, problem: string): Promise<void> {
  const { report, images } = job
  report.Blobs![digest] = [`blob ${digest} ${problem}`]
  const users = images.filter(({ facts }) => facts.layers.some((layer) => layer.digest === digest))
  if (!job.repair) {
    job.remaining++
    return
  }
  // Missing blobs that an image needs are reported with the image; once it is removed, a pull restores it.
  job.blobs.remove(digest)
  if (images.some(({ facts }) => facts.manifest.digest === digest || facts.config.digest === digest)) return
  const whose = users.length > 0 ? ` of image ${users.map(({ id }) => shortId(id)).join(', ')}` : ''
  repaired(
    job,
    `The damaged blob ${digest}${whose} was dropped: the image runs as before, and has to be pulled again before it can be pushed.`,
  )
}
