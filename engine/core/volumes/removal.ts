import type { LockedVolume, DetachedVolume } from '../../storage/volumes/index.ts'
import {
  allVolumes,
  type ContainerMount,
  deleteVolume,
  updateVolume,
  volumeByName,
  type VolumeRecord,
  volumeUsers,
} from '../../store/index.ts'
import type { Context } from '../context.ts'
import { warnOfDamage } from '../damaged-records.ts'
import { isMountable } from './mountable.ts'

/**
 * Removes a volume that no container mounts: deletes its record and detaches its files, so that a new volume of the same name never
 * sees them. Waits for callers that are creating something with it. If the process is killed, it leaves a record without files, or
 * files that the next sweep removes.
 *
 * @param permitted called inside the transaction with the current record.
 * @returns its files, for the caller to discard; undefined when it was not removed.
 * @throws EngineError `VolumeInUse`, `Cancelled`.
 */
export async function deleteVolumeRecord(
  context: Context,
  name: string,
  permitted: (volume: VolumeRecord) => boolean,
): Promise<DetachedVolume | undefined> {
  const store = await context.volumes()
  return store.withExclusiveLock(name, (volume) => deleteLockedVolume(context, volume, permitted))
}

/** {@link deleteVolumeRecord} for a volume whose lock is held. */
export async function deleteLockedVolume(
  context: Context,
  volume: LockedVolume,
  permitted: (volume: VolumeRecord) => boolean,
): Promise<DetachedVolume | undefined> {
  const { database } = context
  const { name } = volume
  let detached: DetachedVolume | undefined
  const before = volumeByName(database, name)
  const mounting = before && isMountable(before.config) ? await import('./mounting.ts') : undefined
  try {
    await database.transaction(() => {
      const found = volumeByName(database, name)
      if (!found || !permitted(found)) return
      deleteVolume(database, name)
      // Nothing of what it shows is its own.
      mounting?.unmountForGood(context, name)
      // The last step before the commit.
      detached = volume.detach()
    })
  } catch (error) {
    detached?.reattach()
    throw error
  }
  if (detached) context.emit({ type: 'volume', status: 'remove', id: name, name })
  return detached
}

/** Records that a container's anonymous volumes are being removed, in the transaction that removes their last container. */
export function markAnonymous(context: Context, mounts: readonly ContainerMount[]): void {
  for (const { volume, anonymous } of mounts) {
    if (volume === undefined || !anonymous || !volumeByName(context.database, volume)) continue
    if (volumeUsers(context.database, volume).length === 0) updateVolume(context.database, volume, { removing: true })
  }
}

/** Removes those of a container's volumes that {@link markAnonymous} marked. What fails is left for `system check --repair`. */
export async function removeMarked(context: Context, mounts: readonly ContainerMount[]): Promise<void> {
  for (const { volume, anonymous } of mounts) {
    if (volume === undefined || !anonymous) continue
    try {
      const detached = await deleteVolumeRecord(context, volume, isMarked)
      await detached?.discard()
    } catch (error) {
      context.log.warn('a volume was not removed completely', { object: volume, reason: (error as Error).message })
    }
  }
}

/** Finishes interrupted removals of volumes, and removes other leftovers of killed processes. */
export async function finishRemovals(context: Context): Promise<void> {
  const store = await context.volumes()
  for (const volume of allVolumes(context.database, warnOfDamage(context))) {
    if (!isRemovalInterrupted(context, volume, store.has(volume.name))) continue
    const detached = await deleteVolumeRecord(context, volume.name, (now) =>
      isRemovalInterrupted(context, now, store.has(now.name)),
    )
    await detached?.discard()
  }
  for (const reason of await store.sweep()) context.log.warn('a volume was not removed completely', { reason })
}

const isMarked = ({ config }: VolumeRecord): boolean => config.removing === true

/** Whether a removal of the volume was started and not finished: it has no containers, and a mark or no files. */
export function isRemovalInterrupted(context: Context, volume: VolumeRecord, isPresent: boolean): boolean {
  return (isMarked(volume) || !isPresent) && volumeUsers(context.database, volume.name).length === 0
}
