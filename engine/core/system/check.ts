import { EngineError } from '../../errors/index.ts'
import { whileKeeping } from '../images/store.ts'
import { parseDuration } from '../time/duration.ts'
import type { Verb } from '../verbs.ts'
import { checkBlobs } from './check/blobs.ts'
import { checkContainers } from './check/containers.ts'
import { checkDatabase } from './check/database.ts'
import { checkImages } from './check/images.ts'
import { type CheckJob, openJob, type Report } from './check/job.ts'
import { checkLayers } from './check/layers.ts'

/**
 * Checks the store: database, blobs, layers, images, containers. With `repair` nobody else adds or removes anything meanwhile;
 * what can be mended from blobs is, and images that cannot be are removed, never one that a container uses.
 */
export const check: Verb<'system.check'> = async (context, input, { signal }) => {
  const maxAge = parseDuration(input.unreferenced_layer_max_age)
  if (maxAge === null || maxAge < 0)
    throw new EngineError(
      'InvalidArgument',
      `The maximum age ${JSON.stringify(input.unreferenced_layer_max_age)} is not a duration such as 24h.`,
    )
  const job = async (): Promise<Report> => run(await openJob(context, input, maxAge / 1e6, signal))
  if (!input.repair && !input.repair_lossy) return whileKeeping(context, job, signal)
  return context.lock('global', 'layers', job, signal ? { signal } : {})
}

async function run(job: CheckJob): Promise<Report> {
  await checkDatabase(job)
  await checkBlobs(job)
  await checkLayers(job)
  await checkImages(job)
  await checkContainers(job)
  if (job.repair) await job.layers.sweep()
  job.report.Errors = job.remaining > 0
  return job.report
}
