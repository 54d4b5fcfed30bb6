import { statSync } from 'node:fs'

import type { ChainId } from '../../../image/index.ts'
import { allContainers, type ContainerRecord, imageById } from '../../../store/index.ts'
import { permits } from '../../containers/lifecycle/transitions.ts'
import { snapshotOf } from '../../containers/records/snapshot.ts'
import { containerPaths } from '../../paths.ts'
import { type CheckJob, repaired, shortId } from './job.ts'
import { orphans, removeOrphans } from './orphans.ts'

/** Whether containers have their file systems. Without force only orphans and interrupted removals are removed. */
export async function checkContainers(job: CheckJob): Promise<void> {
  // Damaged records have been reported.
  for (const record of allContainers(job.context.database, () => {})) {
    if (job.repair && permits('prune', record.state.status) && !permits('start', record.state.status)) {
      await remove(job, record)
      repaired(job, `The removal of container ${shortId(record.id)}, which was interrupted, was finished.`)
    } else if (record.config.rootfs === '') await checkContainer(job, record)
  }
  if (job.repair) {
    for (const id of await removeOrphans(job.context)) repaired(job, `Leftovers of container ${shortId(id)} were removed.`)
    return
  }
  for (const id of await orphans(job.context)) {
    const found = statSync(containerPaths(job.context, id).folder, { throwIfNoEntry: false })
    // A younger one may be being created.
    if (!found || Date.now() - found.mtimeMs < job.maxAge) continue
    job.report.Containers[id] = [`container ${id}: its files are there, but no record of it`]
    job.remaining++
  }
}

async function checkContainer(job: CheckJob, record: ContainerRecord): Promise<void> {
  const { layers, context, report } = job
  const { id, config } = record
  if (config.image && job.unreadable.has(config.image.id)) return
  const image = config.image ? imageById(context.database, config.image.id) : undefined
  const snapshot = snapshotOf(record)
  let problems = layers.snapshotProblems(snapshot)
  if (problems.length > 0 && job.repair && image) {
    const top = image.facts.chain.at(-1) as ChainId | undefined
    if (!(top && job.badLayers.has(top)) && repair(job, snapshot, top)) {
      repaired(job, `The file system of container ${shortId(id)} was put on its layers again.`)
      problems = layers.snapshotProblems(snapshot)
    }
  }
  const damaged = image?.facts.chain.filter((chainId) => job.badLayers.has(chainId)) ?? []
  const all = [
    ...problems.map((problem) => `container ${id}: ${problem}`),
    ...(config.image && !image ? [`container ${id}: its image ${shortId(config.image.id)} is not in the store`] : []),
    ...damaged.flatMap((chainId) => report.Layers[chainId] ?? []),
  ]
  if (all.length === 0) return
  report.Containers[id] = all
  // Its writable layer is gone: a process was killed while it removed the container.
  const begun = problems.length > 0 && !layersHold(job, snapshot)
  if (job.lossy || (job.repair && begun)) await remove(job, record)
  else job.remaining++
}

function repair({ layers }: CheckJob, snapshot: string, top: ChainId | undefined): boolean {
  try {
    return layers.repairSnapshot(snapshot, top)
  } catch {
    return false
  }
}

function layersHold({ layers }: CheckJob, snapshot: string): boolean {
  return statSync(layers.snapshotPaths(snapshot).upper, { throwIfNoEntry: false }) !== undefined
}

async function remove({ context, report }: CheckJob, { id, name }: ContainerRecord): Promise<void> {
  const { removeContainer } = await import('../../containers/remove.ts')
  await removeContainer(context, id, { force: true, ignore: true, depend: true })
  report.RemovedContainers[id] = name
}
