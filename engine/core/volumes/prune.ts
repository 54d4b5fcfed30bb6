import type { Output } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { allVolumes, type VolumeRecord, volumeUsers } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { warnOfDamage } from '../damaged-records.ts'
import { matchesLabel } from '../filters/label.ts'
import { folderSize } from '../system/folder-size.ts'
import { parseMoment } from '../time/moment.ts'
import { deleteVolumeRecord } from './remove.ts'

type Reports = NonNullable<Output<'system.prune'>['VolumePruneReports']>
type Filters = Readonly<Record<string, readonly string[]>>

/**
 * Removes volumes that no container mounts. `Size` is what their files had, in bytes; failures are reported, and the rest is
 * removed.
 */
export async function pruneVolumes(context: Context, filters: Filters): Promise<Reports> {
  const reports: Reports = []
  const matches = matcher(filters)
  for (const { name, created, config } of allVolumes(context.database, warnOfDamage(context))) {
    if (volumeUsers(context.database, name).length > 0 || !matches({ name, created, config })) continue
    try {
      // The name may belong to a new volume by then.
      const detached = await deleteVolumeRecord(context, name, matches)
      if (!detached) continue
      const Size = await folderSize(detached.path)
      await detached.discard()
      reports.push({ Id: name, Size })
    } catch (error) {
      if (!EngineError.is(error, 'VolumeInUse')) reports.push({ Id: name, Size: 0, Err: EngineError.from(error).message })
    }
  }
  return reports
}

function matcher(filters: Filters): (volume: VolumeRecord) => boolean {
  const until = filters['until']?.map((value) => parseMoment(value, 'until') / 1_000_000n)
  return ({ created, config }) =>
    (filters['label'] ?? []).every((label) => matchesLabel(config.labels, label)) &&
    !(filters['label!'] ?? []).some((label) => matchesLabel(config.labels, label)) &&
    (!until || until.some((moment) => BigInt(Date.parse(created)) < moment))
}
