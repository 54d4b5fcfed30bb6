import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { lstat, readdir, rm, rmdir } from 'node:fs/promises'
import { join, relative } from 'node:path'

import { EngineError } from '../../errors/index.ts'
import type { ChainId } from '../../image/index.ts'
import { temporariesOf, writeFileAtomicSync } from '../../lib/files/atomic-file.ts'
import type { AttributeOptions } from '../layers/attributes.ts'
import {
  type ForeignLayer,
  foreignLink,
  type ForeignLayers,
  isForeign,
  makeOwnFolders,
  neededLayers,
} from '../layers/foreign-layers.ts'
import { readRecord } from '../layers/layer-record.ts'
import type { LayerStore, SnapshotPaths } from '../layers/layer-store.ts'
import type { Layout } from '../layout.ts'
import { lowerLinks } from './snapshot-record.ts'
import { isMountPoint, mountOverlay, unmountOverlay } from './overlay.ts'
import { newStagingPath } from '../layers/staging.ts'

export type SnapshotVerbs = Pick<
  LayerStore,
  | 'createSnapshot'
  | 'mountSnapshot'
  | 'isMounted'
  | 'unmountSnapshot'
  | 'removeSnapshot'
  | 'snapshotPaths'
  | 'snapshotUsage'
  | 'snapshotChanges'
  | 'writeSnapshot'
>

export interface SnapshotOptions {
  foreign?: ForeignLayers
  /** Flags of mount(2) for all mounts. */
  flags?: number
}

export function snapshotPathsIn(layout: Layout, id: string): SnapshotPaths {
  const folder = layout.snapshot(id)
  return { upper: join(folder, 'upper'), work: join(folder, 'work'), merged: join(folder, 'merged') }
}

/** Containers' own file systems as overlays on their layers. */
export function openSnapshots(layout: Layout, attributes: AttributeOptions, options: SnapshotOptions = {}): SnapshotVerbs {
  const { foreign, flags } = options
  const userXattr = attributes.marks === 'user'
  const paths = (id: string): SnapshotPaths => snapshotPathsIn(layout, id)
  const unmount = (id: string): void => unmountOverlay(paths(id).merged)
  return {
    snapshotPaths: paths,
    async createSnapshot(id, { parent }) {
      const { upper, work, merged } = paths(id)
      const { links, folder, others } =
        lowest(layout, parent, foreign) ?? (await copied(layout, attributes, id, foreign!(parent!)!))
      for (const each of [upper, work, merged]) mkdirSync(each, { recursive: true, mode: 0o700 })
      // The upper folder is the container's `/`: it takes the image's mode and owner.
      const top = folder === undefined ? undefined : statSync(folder)
      chmodSync(upper, top ? top.mode & 0o7777 : 0o755)
      if (others && userXattr) makeOwnFolders(upper, others)
      if (top && !(others && userXattr && isForeign(top)) && (top.uid !== process.getuid!() || top.gid !== process.getgid!()))
        chownSync(upper, top.uid, top.gid)
      writeFileAtomicSync(join(layout.snapshot(id), 'lower'), links.map(layout.link).join(':'))
    },
    isMounted: (id) => isMountPoint(paths(id).merged),
    mountSnapshot(id, options = {}) {
      const { upper, work, merged } = paths(id)
      if (isMountPoint(merged)) return merged
      const lower = readLower(layout, id)
      const inRoot = (path: string): string => relative(layout.root, path)
      mountOverlay({
        ...options,
        root: layout.root,
        lower,
        upper: inRoot(upper),
        work: inRoot(work),
        merged: inRoot(merged),
        userXattr,
        flags,
      })
      return merged
    },
    unmountSnapshot: unmount,
    async removeSnapshot(id) {
      if (!existsSync(layout.snapshot(id))) return
      unmount(id)
      await removeSnapshotFiles(layout.snapshot(id), paths(id))
    },
    snapshotUsage: (id) => usage(paths(id).upper),
    snapshotChanges: async (id) => ({ root: paths(id).upper, removed: [] }),
    async writeSnapshot(id, write) {
      await write(paths(id).upper, 'trusted')
    },
  }
}

/** The files of a snapshot that is not mounted. */
export async function removeSnapshotFiles(folder: string, { upper, work, merged }: SnapshotPaths): Promise<void> {
  // Never recursive: whatever might still be mounted there is not ours to remove.
  await rmdir(merged).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  const lower = join(folder, 'lower')
  const files = [upper, work, lower, ...temporariesOf(lower), join(folder, 'base')]
  await Promise.all(files.map((path) => rm(path, { recursive: true, force: true })))
  // Others keep files beside it; the last one removes the folder.
  await rmdir(folder).catch(() => {})
}

interface Lower {
  links: string[]
  /** The folder of the topmost. */
  folder?: string
  /** The folders of an additional store. */
  others?: readonly string[]
}

/** The short names of the layers a snapshot is made on; nothing when they must be copied first. @throws LayerNotFound */
function lowest(layout: Layout, parent: ChainId | undefined, foreign: ForeignLayers | undefined): Lower | undefined {
  if (parent === undefined) return { links: [] }
  const found = existsSync(layout.layer(parent)) ? undefined : foreign?.(parent)
  if (found) {
    if (found.some(({ markedByFiles }) => markedByFiles)) return undefined
    const others = neededLayers(found).map(({ path }) => path)
    return { links: others.map((folder) => foreignLink(layout, folder)), folder: others[0]!, others }
  }
  return { links: readRecord(layout.layer(parent), parent).links, folder: layout.diff(parent) }
}

/** A copy of layers whose removals overlay does not understand, made for one snapshot. */
async function copied(layout: Layout, attributes: AttributeOptions, id: string, layers: readonly ForeignLayer[]): Promise<Lower> {
  const folder = join(layout.snapshot(id), 'base')
  const staging = newStagingPath(layout.staging)
  try {
    mkdirSync(join(staging, 'copy'), { recursive: true, mode: 0o755 })
    const folders = layers.map(({ path }) => path).toReversed()
    const { copyLayers } = await import('../layers/copy-layers.ts')
    await copyLayers(folders, join(staging, 'copy'), { ...attributes, foreign: true })
    mkdirSync(layout.snapshot(id), { recursive: true, mode: 0o700 })
    await rm(folder, { recursive: true, force: true })
    renameSync(join(staging, 'copy'), folder)
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
  return { links: [foreignLink(layout, `../containers/${id}/base`)], folder }
}

function readLower(layout: Layout, id: string): string[] {
  const lower = lowerLinks(layout, id)
  if (!lower)
    throw new EngineError(
      'StoreCorrupt',
      `The file system of container ${id.slice(0, 12)} is missing from the store: remove the container and create it again.`,
    )
  const missing = lower.find((link) => !existsSync(join(layout.root, link)))
  if (missing)
    throw new EngineError(
      'LayerNotFound',
      `A layer (${missing}) of container ${id.slice(0, 12)} is missing from the store: pull its image again.`,
    )
  return lower
}

/** Hard-linked files count once. Files that vanish meanwhile do not matter. */
async function usage(upper: string): Promise<{ size: number; inodes: number }> {
  const seen = new Set<number>()
  let size = 0
  let inodes = 0
  const folders = [upper]
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
    for (const entry of entries) {
      const path = join(folder, entry.name)
      const found = await lstat(path).catch(() => undefined)
      if (!found) continue
      inodes++
      if (found.isDirectory()) folders.push(path)
      if (!found.isFile() || (found.nlink > 1 && seen.has(found.ino))) continue
      if (found.nlink > 1) seen.add(found.ino)
      size += found.size
    }
  }
  return { size, inodes }
}
