import { chmodSync, chownSync } from 'node:fs'

import { copyTree } from '../../adapters/cp.ts'
import { EngineError } from '../../errors/index.ts'
import { type ContainerMount, updateVolume, volumeByName } from '../../store/index.ts'
import type { LockedVolume } from '../../storage/volumes/index.ts'
import { volumeData } from '../../storage/volumes/layout.ts'
import type { Context } from '../context.ts'
import { isMountable, notMounted } from './mountable.ts'

/**
 * Fills volumes at their first mount with what the image has at that place, owner and mode included, as podman does; a volume that
 * is not empty is left alone, and so is one whose mount has `nocopy`.
 *
 * @param owner whom a volume belongs to for which the image has nothing.
 * @param inside resolves a place in the container's file system without leaving it.
 * @throws EngineError `StoreCorrupt` for a volume whose files are gone, `Cancelled`.
 */
export async function fillVolumes(
  context: Context,
  mounts: readonly ContainerMount[],
  inside: (place: string) => string | undefined,
  { owner, signal }: { owner: () => { uid: number; gid: number }; signal?: AbortSignal | undefined },
): Promise<void> {
  await mountAll(context, volumeNames(mounts), signal)
  const needsFilling = (volume: string) => volumeByName(context.database, volume)?.config.needsCopyUp
  for (const { volume, destination, noCopy } of mounts) {
    if (volume === undefined || noCopy || !needsFilling(volume)) continue
    const store = await context.volumes()
    await store.withExclusiveLock(
      volume,
      async (held) => {
        if (!needsFilling(volume)) return
        if (!held.isPresent()) throw filesGone(volume)
        const original = inside(destination)
        await fillLocked(context, held, original, owner)
        await context.database.transaction(() => updateVolume(context.database, volume, { needsCopyUp: false }))
      },
      signal ? { signal } : {},
    )
  }
}

async function mountAll(context: Context, names: readonly string[], signal?: AbortSignal): Promise<void> {
  if (notMounted(context, names).length > 0) await (await import('./mounting.ts')).mountVolumes(context, names, signal)
}

/** What is mounted elsewhere is filled in place: nothing can be moved into it. */
async function fillLocked(
  context: Context,
  held: LockedVolume,
  original: string | undefined,
  user: () => { uid: number; gid: number },
): Promise<void> {
  const found = volumeByName(context.database, held.name)!
  const { owner } = found.config
  const data = volumeData(context.root, held.name)
  if (isMountable(found.config)) {
    if (original !== undefined && held.isEmpty()) await copyTree(original, data)
    else if (original === undefined && held.isEmpty() && !owner) chownSync(data, user().uid, user().gid)
  } else await held.fill((folder) => (original === undefined ? own(folder, owner ?? user()) : copyTree(original, folder)))
  if (owner) chownSync(data, owner.uid, owner.gid)
}

/** Where the image has nothing, a new volume is the container's user's. */
async function own(folder: string, { uid, gid }: { uid: number; gid: number }): Promise<void> {
  chmodSync(folder, 0o755)
  chownSync(folder, uid, gid)
}

/**
 * Runs `work`, which makes a container that mounts these, with their shared locks, so that none is removed, filled or repaired.
 * @throws EngineError `StoreCorrupt` for a volume whose files are gone, `Cancelled`.
 */
export async function withVolumeLocks<T>(
  context: Context,
  mounts: readonly ContainerMount[],
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const names = volumeNames(mounts)
  if (names.length === 0) return work()
  const store = await context.volumes()
  for (;;) {
    await mountAll(context, names, signal)
    const done = await store.withSharedLock(
      names,
      async () => {
        const missing = names.find((name) => !store.has(name))
        if (missing !== undefined) throw filesGone(missing)
        // The last container that used it may have ended meanwhile.
        return notMounted(context, names).length > 0 ? undefined : { result: await work() }
      },
      signal ? { signal } : {},
    )
    if (done) return done.result
  }
}

/** The volumes among a container's mounts, each once. */
export function volumeNames(mounts: readonly ContainerMount[]): string[] {
  return [...new Set(mounts.flatMap(({ volume }) => (volume === undefined ? [] : [volume])))]
}

function filesGone(volume: string): EngineError {
  return new EngineError(
    'StoreCorrupt',
    `The files of volume ${JSON.stringify(volume)} are missing from the store: put them back from a backup, or let berth system check --repair make it again, empty.`,
    { details: { volume } },
  )
}
