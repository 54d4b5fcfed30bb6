import { chownSync } from 'node:fs'

import { volumeLimits } from '../../spec/volume-options.ts'
import type { SharedVolumes } from '../../storage/volumes/index.ts'
import { volumeData } from '../../storage/volumes/layout.ts'
import {
  type ContainerMount,
  deleteVolume,
  insertVolume,
  timestamp,
  updateVolume,
  volumeByName,
  type VolumeConfig,
  volumeUsers,
} from '../../store/index.ts'
import type { Context } from '../context.ts'
import { volumeNames } from './use.ts'

/**
 * Records something that mounts volumes, in one transaction with the volumes that do not exist yet. None of them can be removed
 * meanwhile. On failure none of them is created.
 *
 * @param insert runs inside the transaction, when the volumes are there; may run again.
 */
export async function insertWithVolumes(context: Context, mounts: readonly ContainerMount[], insert: () => void): Promise<void> {
  const names = volumeNames(mounts)
  if (names.length === 0) return context.database.transaction(insert)
  const store = await context.volumes()
  const options = await optionsOf(context, mounts)
  const folders = new Set<string>()
  try {
    const made = await store.withSharedLock(names, (volumes) =>
      context.database.transaction(() => {
        const rows = names.filter((name) =>
          ensure(context, volumes, folders, name, { ...options.get(name), anonymous: isAnonymous(mounts, name) }),
        )
        insert()
        return rows
      }),
    )
    for (const name of made) context.emit({ type: 'volume', status: 'create', id: name, name })
  } catch (error) {
    for (const name of folders) await dropUnknown(context, name)
    throw error
  }
}

/** What `volume-opt` asks of new volumes, by their names. */
async function optionsOf(context: Context, mounts: readonly ContainerMount[]): Promise<Map<string, VolumeConfig>> {
  const found = new Map<string, VolumeConfig>()
  for (const { volume, volumeOptions } of mounts) {
    if (volume === undefined || volumeOptions === undefined) continue
    const { freshVolume } = await import('./fresh.ts')
    found.set(volume, await freshVolume(context, { driver: 'local', options: volumeOptions }))
  }
  return found
}

const isAnonymous = (mounts: readonly ContainerMount[], name: string): boolean =>
  mounts.some(({ volume, anonymous }) => volume === name && anonymous)

/** @returns whether it is a new volume. */
function ensure(
  context: Context,
  volumes: SharedVolumes,
  folders: Set<string>,
  name: string,
  requested: Partial<VolumeConfig>,
): boolean {
  const { database } = context
  const found = volumeByName(database, name)
  // The folder first: a process that is killed here leaves an empty one, and no record of missing files.
  if (volumes.make(name)) folders.add(name)
  const fresh: VolumeConfig = {
    driver: 'local',
    labels: {},
    options: {},
    anonymous: false,
    needsCopyUp: true,
    ...requested,
  }
  if (found && !folders.has(name)) {
    // Its interrupted removal is superseded.
    if (found.config.removing) updateVolume(database, name, { removing: false })
    return false
  }
  if (found && volumeUsers(database, name).length > 0) {
    updateVolume(database, name, { needsCopyUp: true })
    return false
  }
  // Without files and users, its removal was interrupted.
  if (found) deleteVolume(database, name)
  const limits = volumeLimits(fresh.options)
  if (limits) volumes.limit(name, limits)
  insertVolume(database, { name, created: timestamp(), config: fresh })
  if (fresh.owner) chownSync(volumeData(context.root, name), fresh.owner.uid, fresh.owner.gid)
  return true
}

/** Another process may have recorded it meanwhile; a volume with files is never dropped. */
async function dropUnknown(context: Context, name: string): Promise<void> {
  const store = await context.volumes()
  await store.withExclusiveLock(name, async (volume) => {
    if (!volumeByName(context.database, name) && volume.isEmpty()) await volume.detach().discard()
  })
}
