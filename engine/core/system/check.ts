import { EngineError } from '../../errors/index.ts'
import { durationOf } from '../../spec/duration.ts'
import { withSharedLock } from '../images/store/image-store.ts'
import type { Verb } from '../verb.ts'
import { checkBlobs } from './checks/blobs.ts'
import { checkContainers } from './checks/containers.ts'
import { checkDatabase } from './checks/database.ts'
import { checkImages } from './checks/images.ts'
import { type CheckJob, openJob, type Report } from './checks/job.ts'
import { checkLayers } from './checks/layers.ts'
import { checkNetworks } from './checks/networks.ts'
import { checkRecords } from './checks/records.ts'
import { checkVolumes } from './checks/volumes.ts'

/**
 * Checks the store: database, records, blobs, layers, images, containers, volumes, what is left of networks. With `repair` the store is locked against other
 * changes; damage is repaired from blobs where possible, and images that cannot be repaired are removed, except those that
 * containers use.
 */
export const check: Verb<'system.check'> = async (context, input, { signal }) => {
  const maxAge = durationOf(input.unreferenced_layer_max_age)
  if (maxAge === undefined || maxAge < 0)
    throw new EngineError(
      'InvalidArgument',
      `The maximum age ${JSON.stringify(input.unreferenced_layer_max_age)} is not a duration such as 24h.`,
    )
  const job = async (): Promise<Report> => run(await openJob(context, input, maxAge / 1e6, signal))
  if (!input.repair && !input.repair_lossy) return withSharedLock(context, job, signal)
  return context.lock('global', 'layers', job, signal ? { signal } : {})
}

async function run(job: CheckJob): Promise<Report> {
  await checkDatabase(job)
  await checkRecords(job)
  await checkBlobs(job)
  await checkLayers(job)
  await checkImages(job)
  await checkContainers(job)
  await checkVolumes(job)
  await checkNetworks(job)
  if (job.repair) await job.layers.sweep()
  job.report.Errors = job.remaining > 0
  return job.report
}
