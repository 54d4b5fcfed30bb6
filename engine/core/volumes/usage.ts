import { mapSome } from '../../lib/async/map-some.ts'
import { volumeData } from '../../storage/volumes/layout.ts'
import { allVolumes, containerById, volumeUsers } from '../../store/index.ts'
import { warnOfDamage } from '../damaged-records.ts'
import { folderSize } from '../system/folder-size.ts'
import type { Verb } from '../verb.ts'
import { findVolume } from './find.ts'

/** Folders that are measured at a time: the others' requests need threads too. */
const together = 2

/** How much volumes hold, in bytes, and the containers that mount them. What is mounted elsewhere counts while it is mounted. */
export const usage: Verb<'volume.usage'> = async (context, { name }, { signal }) => {
  const volumes = name === undefined ? allVolumes(context.database, warnOfDamage(context)) : [findVolume(context, name)]
  return mapSome(
    volumes,
    together,
    async (volume) => ({
      Name: volume.name,
      Size: await folderSize(volumeData(context.root, volume.name)),
      Containers: volumeUsers(context.database, volume.name).flatMap((id) => {
        const found = containerById(context.database, id)
        return found ? [{ Id: id, Name: found.name, State: found.state.status }] : []
      }),
    }),
    signal,
  )
}
