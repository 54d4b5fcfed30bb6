import { EngineError } from '../../../errors/index.ts'
import {
  allImages,
  type CheckedRecord,
  damagedRecords,
  deleteExecSession,
  recordLabel,
  replaceContainer,
  replaceVolume,
  type Row,
  salvageContainer,
  salvageVolume,
} from '../../../store/index.ts'
import { rebuildState } from '../../containers/lifecycle/rebuild-state.ts'
import { type CheckJob, repaired } from './job.ts'
import { rebuildArtifact, rebuildImage } from './rebuild-image.ts'
import { rebuildPod } from './rebuild-pod.ts'
import { removeUnreadable } from './remove-unreadable.ts'

/** Repairs a damaged record. @returns a sentence on what was done, or `undefined` if it cannot be repaired. */
type Repair = (job: CheckJob, row: Row) => Promise<string | undefined>

const repairs: Record<string, Repair> = {
  containers: repairContainer,
  pods: rebuildPod,
  exec_sessions: forgetSession,
  volumes: repairVolume,
  images: rebuildImage,
  artifacts: rebuildArtifact,
}

/**
 * Checks every record against its schema; runs before all other checks, which rely on records. Those that can be read are then
 * `job.images`.
 *
 * @throws EngineError `StoreUnsuitable` where a newer version of berth has written one.
 */
export async function checkRecords(job: CheckJob): Promise<void> {
  for (const damaged of damagedRecords(job.context.database)) {
    if (!EngineError.is(damaged.failure, 'StoreCorrupt')) throw damaged.failure
    await checkOne(job, damaged, damaged.failure)
  }
  job.images = allImages(job.context.database, () => {}).filter(({ facts }) => facts.store === undefined)
}

async function checkOne(job: CheckJob, { format, row }: CheckedRecord, failure: EngineError): Promise<void> {
  const label = recordLabel(format, row)
  const problems = [`its record is damaged: ${String(failure.details['reason'])}`]
  try {
    const done = job.repair ? await repairs[format.table]!(job, row) : undefined
    if (done !== undefined) return repaired(job, done)
  } catch (error) {
    problems.push(EngineError.from(error).message)
  }
  job.report.Records![label] = problems
  job.remaining++
  if (format.table === 'images' || format.table === 'artifacts') job.unreadable.add(String(row[format.key]))
}

async function repairContainer(job: CheckJob, row: Row): Promise<string | undefined> {
  const { context } = job
  const id = String(row['id'])
  const found = salvageContainer(row)
  if (!found && job.lossy) return await removeUnreadable(job, row)
  if (!found)
    throw new EngineError(
      'StoreCorrupt',
      'its configuration is lost: only --force helps, which removes the container with its files',
      { details: { id } },
    )
  const work = async () => {
    const state = await rebuildState(context, found)
    await context.database.transaction(() => replaceContainer(context.database, { ...found, state }))
  }
  await context.lock('container', id, work, job.signal ? { signal: job.signal } : {})
  return `The state of ${recordLabel({ noun: 'container' }, row)} was rebuilt from its runtime and its files.`
}

async function forgetSession({ context }: CheckJob, row: Row): Promise<string> {
  await context.database.transaction(() => deleteExecSession(context.database, String(row['id'])))
  return `The ${recordLabel({ noun: 'exec session' }, row)} was removed; one of its processes keeps running.`
}

async function repairVolume({ context }: CheckJob, row: Row): Promise<string> {
  const name = String(row['name'])
  await context.database.transaction(() => replaceVolume(context.database, name, salvageVolume(row)))
  return `The record of volume ${name} was rebuilt: its files are untouched, and unreadable labels and options are lost.`
}
