import { statSync } from 'node:fs'

import { parseInput } from '../../../contract/index.ts'
import type { ChainId } from '../../../image/index.ts'
import { allContainers, type ContainerRecord, imageById } from '../../../store/index.ts'
import { containerPaths } from '../../paths.ts'
import { type CheckJob, repaired, shortId } from './job.ts'
import { orphans, removeOrphans } from './orphans.ts'

/** Whether containers have their file systems. Only what is nobody's, or whose removal was begun, goes without force. */
export async function checkContainers(job: CheckJob): Promise<void> {
  for (const record of allContainers(job.context.database)) {
    if (record.config.rootfs === '') await checkContainer(job, record)
  }
  if (job.repair) {
    for (const id of await removeOrphans(job.context)) repaired(job, `What was left of container ${shortId(id)} was removed.`)
    return
  }
  for (const id of await orphans(job.context)) {
    const found = statSync(containerPaths(job.context, id).folder, { throwIfNoEntry: false })
    // A younger one may be in the making.
    if (!found || Date.now() - found.mtimeMs < job.maxAge) continue
    job.report.Containers[id] = [`container ${id}: its files are there, but no record of it`]
    job.remaining++
  }
}

async function checkContainer(job: CheckJob, record: ContainerRecord): Promise<void> {
  const { layers, context, report } = job
  const { id, config } = record
  const image = config.image ? imageById(context.database, config.image.id) : undefined
  let problems = layers.snapshotProblems(id)
  if (problems.length > 0 && job.repair && image) {
    const top = image.facts.chain.at(-1) as ChainId | undefined
    if (!(top && job.badLayers.has(top)) && mend(job, id, top)) {
      repaired(job, `The file system of container ${shortId(id)} was put on its layers again.`)
      problems = layers.snapshotProblems(id)
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
  // Without what it wrote there is nothing to lose: a process was killed while it removed the container.
  const begun = problems.length > 0 && !layersHold(job, id)
  if (job.lossy || (job.repair && begun)) await remove(job, record)
  else job.remaining++
}

function mend({ layers }: CheckJob, id: string, top: ChainId | undefined): boolean {
  try {
    return layers.mendSnapshot(id, top)
  } catch {
    return false
  }
}

function layersHold({ layers }: CheckJob, id: string): boolean {
  return statSync(layers.snapshotPaths(id).upper, { throwIfNoEntry: false }) !== undefined
}

async function remove({ context, report }: CheckJob, { id, name }: ContainerRecord): Promise<void> {
  const removeContainer = await (await import('../../verbs.ts')).verbs['container.remove']()
  await removeContainer(context, parseInput('container.remove', { name: id, force: true, ignore: true, depend: true }), {})
  report.RemovedContainers[id] = name
}
