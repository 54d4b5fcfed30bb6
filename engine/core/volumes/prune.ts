import type { Output } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { allVolumes, volumeUsers } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { warnOfDamage } from '../damaged-records.ts'
import { folderSize } from '../system/folder-size.ts'
import type { Verb } from '../verb.ts'
import { pruneFilter } from './filter.ts'
import { deleteVolumeRecord } from './removal.ts'

type Reports = NonNullable<Output<'system.prune'>['VolumePruneReports']>
type Filters = Readonly<Record<string, readonly string[]>>

/**
 * Removes volumes that no container mounts. `Size` is what their files had, in bytes; failures are reported, and the rest is
 * removed.
 */
export async function pruneVolumes(context: Context, filters: Filters): Promise<Reports> {
  const reports: Reports = []
  const matches = await pruneFilter(context, filters)
  for (const { name, created, config } of allVolumes(context.database, warnOfDamage(context))) {
    if (volumeUsers(context.database, name).length > 0 || !matches({ name, created, config })) continue
    try {
      // The name may belong to a new volume by then.
      const detached = await deleteVolumeRecord(context, name, matches)
      if (!detached) continue
      const Size = await folderSize(detached.path)
      await detached.discard()
      reports.push({ Id: name, Size })
      context.emit({ type: 'volume', status: 'prune', id: name, name })
    } catch (error) {
      if (!EngineError.is(error, 'VolumeInUse')) reports.push({ Id: name, Size: 0, Err: EngineError.from(error).message })
    }
  }
  return reports
}

/** Removes volumes that no container mounts. */
export const prune: Verb<'volume.prune'> = (context, { filters }) => pruneVolumes(context, filters)
