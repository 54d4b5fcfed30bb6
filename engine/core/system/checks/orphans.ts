import { readdirSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'

import { unmountIfMounted, umountFlags } from '../../../lib/sys/index.ts'
import { allContainers, hasContainer, hasImage } from '../../../store/index.ts'
import { freeMounts } from '../../containers/mounts/prepare.ts'
import type { Context } from '../../context.ts'
import { containerPaths } from '../../paths.ts'

/** Folders of containers that the database does not know: a process was killed while it made or removed them. */
export async function orphans(context: Context): Promise<string[]> {
  const layers = await context.layers()
  const found = new Set([
    ...layers.snapshots(),
    ...ids(path.join(context.runRoot, 'containers')),
    ...ids(path.join(context.runRoot, 'mounts')),
  ])
  // A mounted image has a file system of its own, under the image's id; after a restart of the host it is no longer mounted.
  const isMount = (id: string): boolean => hasImage(context.database, id) && layers.isMounted(id)
  const { edited, complete } = editedContainers(context)
  const used = new Set(edited.map(({ snapshot }) => snapshot))
  // While a record cannot be read, any file system may be that container's.
  if (!complete) for (const id of layers.snapshots()) used.add(id)
  return [...found].filter((id) => !hasContainer(context.database, id) && !isMount(id) && !used.has(id))
}

/**
 * Removes what is left of containers that the database does not know, mounts included. Creating a container holds the shared lock
 * of layers until it is recorded. The caller holds the exclusive one, so it sees only leftovers.
 */
export async function removeOrphans(context: Context): Promise<string[]> {
  const found = await orphans(context)
  for (const id of found) await removeOrphan(context, id)
  // An edit was killed before it removed what the container had before.
  for (const { id } of editedContainers(context).edited) await (await context.layers()).removeSnapshot(id)
  await removeWorkspaces(path.join(context.root, 'checkpoints'))
  return found
}

/** Containers whose file system has an id of its own; not `complete` while a record cannot be read. */
function editedContainers({ database }: Context): { edited: { id: string; snapshot: string }[]; complete: boolean } {
  let complete = true
  const records = allContainers(database, () => {
    complete = false
  })
  const edited = records.flatMap(({ id, config: { snapshot } }) => (snapshot === undefined ? [] : [{ id, snapshot }]))
  return { edited, complete }
}

/** Removes the files and mounts of a container that is no longer in the database. */
export async function removeOrphan(context: Context, id: string): Promise<void> {
  const layers = await context.layers()
  const paths = containerPaths(context, id)
  try {
    freeMounts(context, id)
    unmountIfMounted(paths.shm, umountFlags.detach | umountFlags.noFollow)
    await layers.removeSnapshot(id)
    await rm(paths.folder, { recursive: true, force: true })
    await rm(paths.run, { recursive: true, force: true })
  } catch (error) {
    context.log.warn('what is left of a container could not be removed', { object: id, reason: (error as Error).message })
  }
}

/** Workspaces of exports and imports do not name their process; none takes longer than a day. */
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
