import { volumeUsers } from '../../store/index.ts'
import type { Verb } from '../verb.ts'
import { findVolume } from './find.ts'
import { deleteVolumeRecord } from './removal.ts'

/** Removes a volume; with `force` the containers that mount it first. */
export const remove: Verb<'volume.remove'> = async (context, { name: ref, force, timeout }, options) => {
  const { name } = findVolume(context, ref)
  if (force)
    for (const container of volumeUsers(context.database, name))
      await context.call(
        'container.remove',
        { name: container, force: true, depend: true, ...(timeout === undefined ? {} : { timeout }) },
        options,
      )
  const detached = await deleteVolumeRecord(context, name, () => true)
  await detached?.discard()
}
