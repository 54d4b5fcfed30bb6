import { readdirSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'

import { unmountIfMounted, umountFlags } from '../../../lib/sys.ts'
import { containerById } from '../../../store/index.ts'
import { imageById } from '../../../store/images.ts'
import type { Context } from '../../context.ts'
import { containerPaths } from '../../paths.ts'

/** Folders of containers that the database does not know: a process was killed while it made or removed them. */
export async function orphans(context: Context): Promise<string[]> {
  const layers = await context.layers()
  const found = new Set([...layers.snapshots(), ...ids(path.join(context.runRoot, 'containers'))])
  // A mounted image has a file system of its own, under the image's id; after a restart of the host it is no longer mounted.
  const isMount = (id: string): boolean => imageById(context.database, id) !== undefined && layers.isMounted(id)
  return [...found].filter((id) => !containerById(context.database, id) && !isMount(id))
}

/**
 * Removes what is left of containers that the database does not know, mounts included. Whoever makes a container holds the lock
 * of layers until it is known, so that the caller, who holds it alone, meets only what was left behind.
 */
export async function removeOrphans(context: Context): Promise<string[]> {
  const found = await orphans(context)
  for (const id of found) await removeOrphan(context, id)
  await removeWorkspaces(path.join(context.root, 'checkpoints'))
  return found
}

async function removeOrphan(context: Context, id: string): Promise<void> {
  const layers = await context.layers()
  const paths = containerPaths(context, id)
  try {
    unmountIfMounted(paths.shm, umountFlags.detach | umountFlags.noFollow)
    await layers.removeSnapshot(id)
    await rm(paths.folder, { recursive: true, force: true })
    await rm(paths.run, { recursive: true, force: true })
  } catch (error) {
    context.log.warn('what is left of a container could not be removed', { object: id, reason: (error as Error).message })
  }
}

/** Workspaces of exports and imports say not whose they are; a day is longer than any takes. */
async function removeWorkspaces(folder: string): Promise<void> {
  const old = (name: string): boolean =>
    Date.now() - (statSync(path.join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 86_400_000
  for (const name of namesIn(folder)) {
    if (name.startsWith('.work-') && old(name)) await rm(path.join(folder, name), { recursive: true, force: true })
  }
}

const ids = (folder: string): string[] => namesIn(folder).filter((name) => /^[0-9a-f]{64}$/.test(name))

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
