import { EngineError } from '../../../errors/index.ts'
import type { LockedVolume } from '../../../storage/volumes/index.ts'
import { allVolumes, insertVolume, timestamp, updateVolume, volumeByName, type VolumeRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { isRemovalInterrupted, deleteLockedVolume } from '../../volumes/removal.ts'
import { type CheckJob, repaired } from './job.ts'

/** Milliseconds. A volume whose lock is held for longer is in use, so it was not interrupted. */
const lockTimeout = 250

interface Found {
  context: Context
  record: VolumeRecord | undefined
  volume: LockedVolume
}

interface Problem {
  /** Ends a sentence that names the volume. */
  text: string
  is(found: Found): boolean
  /** @returns a sentence on what was done. */
  repair(found: Found): Promise<string>
}

/** Problems of a volume; the first match is reported. */
const problems: readonly Problem[] = [
  {
    text: 'its removal was interrupted',
    is: ({ context, record, volume }) => record !== undefined && isRemovalInterrupted(context, record, volume.isPresent()),
    async repair({ context, volume }) {
      const taken = await deleteLockedVolume(context, volume, (now) => isRemovalInterrupted(context, now, volume.isPresent()))
      await taken?.discard()
      return `The removal of volume ${volume.name}, which was interrupted, was finished.`
    },
  },
  {
    text: 'its files are missing, and containers mount it',
    is: ({ record, volume }) => record !== undefined && !volume.isPresent(),
    async repair({ context, volume: { name, make } }) {
      make(name)
      await context.database.transaction(() => updateVolume(context.database, name, { needsCopyUp: true }))
      return `Volume ${name}, whose files were missing, was created again: the next container that mounts it fills it from its image.`
    },
  },
  {
    text: 'it is empty, and there is no record of it',
    is: ({ record, volume }) => record === undefined && !volume.isInterrupted() && volume.isEmpty(),
    async repair({ volume }) {
      await volume.detach().discard()
      return `Leftovers of volume ${volume.name} were removed.`
    },
  },
  {
    text: 'its files are there, but no record of it',
    is: ({ record }) => record === undefined,
    async repair({ context, volume }) {
      const filled = await volume.completeFill()
      const needsCopyUp = !filled && volume.isEmpty()
      const config = { driver: 'local', labels: {}, options: {}, anonymous: false, needsCopyUp }
      await context.database.transaction(() =>
        insertVolume(context.database, { name: volume.name, created: timestamp(), config }),
      )
      return `Volume ${volume.name}, whose files were there without a record of it, was recorded again.`
    },
  },
  {
    text: 'filling it from an image was interrupted',
    is: ({ volume }) => volume.isInterrupted(),
    async repair({ context, volume }) {
      const { name } = volume
      if (!(await volume.completeFill())) return `What an interrupted copy into volume ${name} left was removed.`
      await context.database.transaction(() => updateVolume(context.database, name, { needsCopyUp: false }))
      return `The copy from an image into volume ${name}, which was interrupted, was completed.`
    },
  },
]

/** Whether volumes have their records and their files. Files are never removed without a record that demands it. */
export async function checkVolumes(job: CheckJob): Promise<void> {
  const { context, report } = job
  const store = await context.volumes()
  // checkRecords reports and repairs damaged records.
  const known = allVolumes(context.database, () => {}).map(({ name }) => name)
  const names = new Set([...known, ...store.list()])
  for (const name of names) await checkVolume(job, name)
  if (!job.repair) return
  for (const problem of await store.sweep()) {
    report.Volumes!['.staging'] = [...(report.Volumes!['.staging'] ?? []), problem]
    job.remaining++
  }
}

async function checkVolume(job: CheckJob, name: string): Promise<void> {
  const { context } = job
  const store = await context.volumes()
  try {
    await store.withExclusiveLock(name, (volume) => checkHeld(job, volume), { signal: AbortSignal.timeout(lockTimeout) })
  } catch (error) {
    if (!EngineError.is(error, 'Cancelled')) throw error
  }
}

async function checkHeld(job: CheckJob, volume: LockedVolume): Promise<void> {
  const record = readableVolume(job.context, volume.name)
  if (record === 'damaged') return
  const found = { context: job.context, record, volume }
  const problem = problems.find(({ is }) => is(found))
  if (!problem) return
  if (job.repair) return repaired(job, await problem.repair(found))
  job.report.Volumes![volume.name] = [`volume ${volume.name}: ${problem.text}`]
  job.remaining++
}

function readableVolume(context: Context, name: string): VolumeRecord | undefined | 'damaged' {
  try {
    return volumeByName(context.database, name)
  } catch (error) {
    if (EngineError.is(error, 'StoreCorrupt')) return 'damaged'
    throw error
  }
}
