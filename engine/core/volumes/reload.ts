import { allVolumes, insertVolume, timestamp, volumeByName } from '../../store/index.ts'
import { warnOfDamage } from '../damaged-records.ts'
import type { Verb } from '../verb.ts'
import { finishRemovals } from './removal.ts'

/** Brings the records of volumes in line with their files: those that somebody put into the store, and those that are gone. */
export const reload: Verb<'volume.reload'> = async (context) => {
  const names = () => allVolumes(context.database, warnOfDamage(context)).map(({ name }) => name)
  const before = names()
  await finishRemovals(context)
  const after = new Set(names())
  const store = await context.volumes()
  const Added: string[] = []
  for (const name of store.list()) {
    if (after.has(name)) continue
    await store.withExclusiveLock(name, async (volume) => {
      // Empty ones are being created, or what a killed process left.
      if (volumeByName(context.database, name) || !volume.isPresent() || volume.isEmpty()) return
      const config = { driver: 'local', labels: {}, options: {}, anonymous: false, needsCopyUp: false }
      await context.database.transaction(() => insertVolume(context.database, { name, created: timestamp(), config }))
      Added.push(name)
    })
  }
  return { Added, Removed: before.filter((name) => !after.has(name)) }
}
