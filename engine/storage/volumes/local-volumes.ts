import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { EngineError } from '../../errors/index.ts'
import { mountPointsBelow } from '../../lib/host/mount-table.ts'
import { isName } from '../../spec/name.ts'
import { newStagingPath, stagingNames } from '../layers/staging.ts'
import { fill, isInterrupted, completeFill } from './fill.ts'
import { volumeData } from './layout.ts'
import { limit } from './limit.ts'
import type { DetachedVolume, LockedVolume, SharedVolumes, VolumeLock, VolumeStore } from './volume-store.ts'
import { removeTree } from '../../lib/files/remove-tree.ts'

export interface VolumeStoreOptions {
  /** The store's folder. Volumes are below `volumes/`, which may be a file system of its own. */
  root: string
  lock: VolumeLock
}

/** Opens volumes that are folders below `root`. Cheap, and makes nothing yet. */
export function openVolumeStore({ root, lock }: VolumeStoreOptions): VolumeStore {
  const layout = openLayout(root)
  return {
    driver: 'local',
    path: layout.data,
    has: (name) => isFolder(layout.data(name)),
    list: () => namesIn(layout.volumes).filter((name) => isName(name)),
    withSharedLock(names, work, options = {}) {
      const used = shared(layout)
      // In a fixed order, so that no two deadlock.
      const ordered = [...new Set(names)].toSorted()
      const from = (index: number): ReturnType<typeof work> =>
        index === ordered.length ? work(used) : lock(ordered[index]!, () => from(index + 1), { ...options, shared: true })
      return from(0)
    },
    withExclusiveLock: (name, work, options = {}) => lock(name, () => work(held(layout, name)), options),
    sweep: () => sweep(layout),
  }
}

interface Layout {
  volumes: string
  /** On the same file system as the volumes, whatever is mounted there, and of a name that no volume has. */
  staging: string
  folder(name: string): string
  data(name: string): string
}

function openLayout(root: string): Layout {
  const volumes = join(root, 'volumes')
  return {
    volumes,
    staging: join(volumes, '.staging'),
    folder: (name) => join(volumes, checked(name)),
    data: (name) => volumeData(root, checked(name)),
  }
}

/** Names become paths, so nothing else may pass. */
function checked(name: string): string {
  if (!isName(name)) throw new EngineError('Internal', `${JSON.stringify(name)} is no name of a volume.`)
  return name
}

const shared = (layout: Layout): SharedVolumes => ({
  make: (name) => make(layout, name),
  limit: (name, limits) => limit(layout.folder(name), layout.data(name), limits),
})

function held(layout: Layout, name: string): LockedVolume {
  const data = layout.data(name)
  let detached: DetachedVolume | undefined
  return {
    name,
    ...shared(layout),
    isPresent: () => isFolder(data),
    isEmpty: () => namesIn(data).length === 0,
    isInterrupted: () => isInterrupted(data),
    fill: (write) => fill(data, stagingPath(layout), write),
    completeFill: () => completeFill(data),
    detach: () => (detached ??= detach(layout, name)),
  }
}

function make(layout: Layout, name: string): boolean {
  if (isFolder(layout.data(name))) return false
  const staging = stagingPath(layout)
  mkdirSync(join(staging, '_data'), { recursive: true, mode: 0o755 })
  try {
    renameSync(staging, layout.folder(name))
    return true
  } catch (error) {
    rmSync(staging, { recursive: true })
    if (!isTaken(error)) throw error
  }
  // Another process has made it, or something else lies beside where its files should be.
  if (isFolder(layout.data(name))) return false
  mkdirSync(layout.data(name), { mode: 0o755 })
  return true
}

function detach(layout: Layout, name: string): DetachedVolume {
  const folder = layout.folder(name)
  const staging = stagingPath(layout)
  const isThere = existsSync(folder)
  refuseMounted(name, folder)
  if (isThere) renameSync(folder, staging)
  return {
    path: join(staging, '_data'),
    reattach() {
      if (isThere) renameSync(staging, folder)
    },
    discard: () => removeTree(staging),
  }
}

/** What is mounted there is not the volume's own, and must not be removed with it. @throws EngineError `VolumeInUse` */
function refuseMounted(name: string, folder: string): void {
  const [place] = mountPointsBelow(folder)
  if (place === undefined) return
  throw new EngineError('VolumeInUse', `volume ${name} is still mounted on ${place}: unmount it first: volume is being used`, {
    details: { name, place },
  })
}

async function sweep(layout: Layout): Promise<string[]> {
  if (!existsSync(layout.staging)) return []
  const problems: string[] = []
  for (const name of stagingNames(layout.staging).left) {
    await removeTree(join(layout.staging, name)).catch((error: NodeJS.ErrnoException) =>
      problems.push(`what an interrupted process left cannot be removed (${error.message})`),
    )
  }
  return problems
}

function stagingPath(layout: Layout): string {
  mkdirSync(layout.volumes, { recursive: true, mode: 0o755 })
  mkdirSync(layout.staging, { recursive: true, mode: 0o700 })
  return newStagingPath(layout.staging)
}

const isFolder = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

const isTaken = (error: unknown): boolean => ['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
