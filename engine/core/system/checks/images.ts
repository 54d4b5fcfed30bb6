import { EngineError } from '../../../errors/index.ts'
import { containersOfImage, type ImageRecord, namesOfImage } from '../../../store/index.ts'
import { collectLocked } from '../../images/store/collect.ts'
import { removeImage } from '../../images/remove.ts'
import { readDocument } from '../../images/resolve/resolve-image.ts'
import { type CheckJob, shortId } from './job.ts'

/** Whether images have all they need to run; those that cannot be repaired are removed, unless a container needs them. */
export async function checkImages(job: CheckJob): Promise<void> {
  for (const image of job.images) {
    const problems = await imageProblems(job, image)
    if (problems.length === 0) continue
    job.report.Images[image.id] = problems
    if (!job.repair) job.remaining++
    else await remove(job, image)
  }
  if (Object.keys(job.report.RemovedImages).length > 0) await collectLocked(job.context)
}

async function imageProblems({ context, badBlobs, badLayers, report }: CheckJob, image: ImageRecord): Promise<string[]> {
  const { facts } = image
  const problems: string[] = []
  for (const [what, { digest }] of [
    ['manifest', facts.manifest],
    ['configuration', facts.config],
  ] as const) {
    const problem = badBlobs.get(digest)
    if (problem) problems.push(`its ${what} ${digest} ${problem}`)
  }
  for (const chainId of facts.chain) {
    if (badLayers.has(chainId)) problems.push(...(report.Layers[chainId] ?? []))
  }
  // A manifest list has no configuration.
  if (badBlobs.has(facts.config.digest) || facts.list) return problems
  try {
    await readDocument(context, image)
  } catch (error) {
    problems.push(EngineError.from(error).message)
  }
  return problems
}

async function remove(job: CheckJob, { id }: ImageRecord): Promise<void> {
  const { context, report, lossy } = job
  const users = containersOfImage(context.database, id)
  if (users.length > 0 && !lossy) {
    report.Images[id]!.push(
      `it is used by container ${shortId(users[0]!.id)}, and stays: pull it again, or remove it with its containers by --force`,
    )
    job.remaining++
    return
  }
  const names = namesOfImage(context.database, id).map(({ name }) => name)
  for (const user of users) report.RemovedContainers[user.id] = user.name
  await removeImage(context, id, { force: true })
  report.RemovedImages[id] = names
}
