import { mkdirSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'

import { runChecked } from '../../lib/exec.ts'
import {
  type ContainerMount,
  deleteVolume,
  insertVolume,
  timestamp,
  updateVolume,
  volumeByName,
  volumeUsers,
} from '../../store/index.ts'
import type { Context } from '../context.ts'

/** Makes the rows of volumes that do not exist yet; inside a transaction. Their folders are made here too: an empty one hurts nobody. */
export function ensureVolumes(context: Context, mounts: readonly ContainerMount[]): void {
  for (const { volume, source, anonymous } of mounts) {
    if (volume === undefined) continue
    mkdirSync(source, { recursive: true, mode: 0o755 })
    if (volumeByName(context.database, volume)) continue
    const config = { driver: 'local', labels: {}, options: {}, anonymous: anonymous ?? false, needsCopyUp: true }
    insertVolume(context.database, { name: volume, created: timestamp(), config })
    context.emit({ type: 'volume', status: 'create', id: volume, name: volume })
  }
}

/**
 * Fills volumes at their first mount with what the image has at that place, owner and mode included, as podman does;
 * a volume that holds something already is left as it is.
 *
 * @param rootfs where the container's file system is mounted.
 * @param inside resolves a place in it without leaving it.
 */
export async function copyUpVolumes(
  context: Context,
  mounts: readonly ContainerMount[],
  inside: (place: string) => string | undefined,
): Promise<void> {
  for (const { volume, source, destination } of mounts) {
    if (volume === undefined || !volumeByName(context.database, volume)?.config.needsCopyUp) continue
    await context.lock('volume', volume, async () => {
      if (!volumeByName(context.database, volume)?.config.needsCopyUp) return
      const original = inside(destination)
      if (original !== undefined && readdirSync(source).length === 0)
        await runChecked('cp', ['-a', '--', `${original}/.`, source])
      await context.database.transaction(() => updateVolume(context.database, volume, { needsCopyUp: false }))
    })
  }
}

/** Removes a container's nameless volumes that nobody else uses, after the container is gone. */
export async function removeAnonymousVolumes(context: Context, mounts: readonly ContainerMount[]): Promise<void> {
  for (const { volume, source, anonymous } of mounts) {
    if (volume === undefined || !anonymous || volumeUsers(context.database, volume).length > 0) continue
    await context.database.transaction(() => deleteVolume(context.database, volume))
    await rm(path.dirname(source), { recursive: true, force: true })
    context.emit({ type: 'volume', status: 'remove', id: volume, name: volume })
  }
}
