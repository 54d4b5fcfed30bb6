import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, statSync, rmdirSync } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'

import { EngineError } from '../../errors/index.ts'
import type { ChainId } from '../../image/index.ts'
import { hostId, type IdMappings } from '../../spec/id-map.ts'
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
import type { LayersMount, LayerStore, MountOptions, SnapshotPaths } from '../layers/layer-store.ts'
import type { Layout } from '../layout.ts'
import { copyMapped, freeMapped, mappingOf, noteMapping, withMappedStore } from './mapped-layers.ts'
import { lowerLinks } from './snapshot-record.ts'
import { isMountPoint, mountOverlay, type OverlayMount, unmountOverlay, unmountOverlaySync } from './overlay.ts'
import { newStagingPath } from '../layers/staging.ts'
import { removeTree } from '../../lib/files/remove-tree.ts'

export type SnapshotVerbs = Pick<
  LayerStore,
  | 'createSnapshot'
  | 'mountSnapshot'
  | 'mountLayers'
  | 'isMounted'
  | 'unmountSnapshot'
  | 'unmountSnapshotSync'
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

/** A store whose snapshots are overlays. */
interface Overlays extends SnapshotOptions {
  layout: Layout
  attributes: AttributeOptions
  userXattr: boolean
}

/** Containers' own file systems as overlays on their layers. */
export function openSnapshots(layout: Layout, attributes: AttributeOptions, options: SnapshotOptions = {}): SnapshotVerbs {
  const overlays: Overlays = { ...options, layout, attributes, userXattr: attributes.marks === 'user' }
  const paths = (id: string): SnapshotPaths => snapshotPathsIn(layout, id)
  return {
    snapshotPaths: paths,
    createSnapshot: (id, input) => create(overlays, id, input),
    isMounted: (id) => isMountPoint(paths(id).merged),
    mountSnapshot: (id, mountOptions = {}) => mount(overlays, id, mountOptions),
    mountLayers: (target, input) => mountLayers(overlays, target, input),
    unmountSnapshotSync: (id) => unmount(overlays, id),
    unmountSnapshot: (id) => unmountLater(overlays, id),
    async removeSnapshot(id) {
      if (!existsSync(layout.snapshot(id))) return
      await unmountLater(overlays, id)
      await removeSnapshotFiles(layout.snapshot(id), paths(id))
    },
    snapshotUsage: (id) => usage(paths(id).upper),
    snapshotChanges: async (id) => ({ root: paths(id).upper, removed: [], ...idsOf(layout, id) }),
    async writeSnapshot(id, write) {
      await write(paths(id).upper, 'trusted')
    },
  }
}

async function create(overlays: Overlays, id: string, { parent, ids }: { parent?: ChainId; ids?: IdMappings }): Promise<void> {
  const { layout, attributes, foreign, userXattr } = overlays
  const { upper, work, merged } = snapshotPathsIn(layout, id)
  const found = lowest(layout, parent, foreign)
  const own = found?.others === undefined ? found : undefined
  if (ids && own && !userXattr) {
    begin(overlays, id, own, ids)
    if (mounts(overlays, id)) return
  }
  const lower =
    ids && own
      ? await withOwners(layout, attributes, own, { parent, ids })
      : found && !ids
        ? found
        : await copied(layout, attributes, id, { layers: foreign!(parent!)!, ids })
  for (const each of [upper, work, merged]) mkdirSync(each, { recursive: true, mode: 0o700 })
  if (lower.others && userXattr) makeOwnFolders(upper, lower.others)
  begin(overlays, id, lower)
}

/**
 * Writes what a snapshot is made on. The upper folder is the container's `/`: it takes the image's mode and owner.
 *
 * @param ids those with which the layers are mounted.
 */
function begin({ layout, userXattr }: Overlays, id: string, { links, folder, others, copiedIds }: Lower, ids?: IdMappings): void {
  const { upper, work, merged } = snapshotPathsIn(layout, id)
  for (const each of [upper, work, merged]) mkdirSync(each, { recursive: true, mode: 0o700 })
  const top = folder === undefined ? { mode: 0o755, uid: 0, gid: 0 } : statSync(folder)
  // The files of a copy have their owners already.
  const seen = ids ?? (folder === undefined ? copiedIds : undefined)
  const owner = {
    uid: (seen && hostId(seen.uids, top.uid)) ?? top.uid,
    gid: (seen && hostId(seen.gids, top.gid)) ?? top.gid,
  }
  chmodSync(upper, top.mode & 0o7777)
  const keep = (folder === undefined && !seen) || (others && userXattr && isForeign(top))
  if (!keep && (owner.uid !== process.getuid!() || owner.gid !== process.getgid!())) chownSync(upper, owner.uid, owner.gid)
  writeFileAtomicSync(join(layout.snapshot(id), 'lower'), links.map(layout.link).join(':'))
  const mapping = ids ?? copiedIds
  if (mapping) noteMapping(layout, id, { ids: mapping, how: ids ? 'mount' : 'copy' })
}

/** Whether it can be mounted: kernels before 5.19, and some file systems, cannot show layers with other owners. */
function mounts(overlays: Overlays, id: string): boolean {
  try {
    mount(overlays, id, {})
    return true
  } catch {
    return false
  } finally {
    unmount(overlays, id)
  }
}

function mount({ layout, userXattr, flags }: Overlays, id: string, options: MountOptions): string {
  const { upper, work, merged } = snapshotPathsIn(layout, id)
  if (isMountPoint(merged)) return merged
  const lower = readLower(layout, id)
  const inRoot = (path: string): string => relative(layout.root, path)
  const places = { root: layout.root, lower, upper: inRoot(upper), work: inRoot(work), merged: inRoot(merged) }
  const mapped = mappingOf(layout, id)
  mountWith(layout, id, mapped?.how === 'mount' ? mapped.ids : undefined, { ...options, ...places, userXattr, flags })
  return merged
}

function mountWith(layout: Layout, id: string, ids: IdMappings | undefined, options: OverlayMount): void {
  if (ids) withMappedStore(layout, id, ids, (lowerRoot) => mountOverlay({ ...options, lowerRoot }))
  else mountOverlay(options)
}

function unmount({ layout }: Overlays, id: string): void {
  unmountOverlaySync(snapshotPathsIn(layout, id).merged)
  freeMapped(layout, id)
}

async function unmountLater({ layout }: Overlays, id: string): Promise<void> {
  await unmountOverlay(snapshotPathsIn(layout, id).merged)
  freeMapped(layout, id)
}

async function mountLayers(
  { layout, attributes, foreign, userXattr, flags }: Overlays,
  target: string,
  { parent, id, own, readonly, ids }: LayersMount,
): Promise<void> {
  const found = lowest(layout, parent, foreign)
  if (!found || (ids && found.others))
    throw new EngineError('NotSupported', 'Layers of this additional store cannot be mounted so: pull the image here.')
  const copies = ids !== undefined && userXattr
  const { links, folder } = copies ? await withOwners(layout, attributes, found, { parent, ids }) : found
  const [upper, work] = [join(own, 'upper'), join(own, 'work')]
  for (const each of [upper, work]) mkdirSync(each, { recursive: true, mode: 0o700 })
  chmodSync(upper, folder === undefined ? 0o755 : statSync(folder).mode & 0o7777)
  if (ids) chownSync(upper, hostId(ids.uids, 0) ?? 0, hostId(ids.gids, 0) ?? 0)
  const inRoot = (path: string): string => relative(layout.root, path)
  const places = {
    root: layout.root,
    lower: links.map(layout.link),
    upper: inRoot(upper),
    work: inRoot(work),
    merged: inRoot(target),
  }
  mountWith(layout, id, copies ? undefined : ids, { ...places, readonly, userXattr, flags })
}

function idsOf(layout: Layout, id: string): { ids?: IdMappings } {
  const mapped = mappingOf(layout, id)
  return mapped ? { ids: mapped.ids } : {}
}

/** The files of a snapshot that is not mounted. */
export async function removeSnapshotFiles(folder: string, { upper, work, merged }: SnapshotPaths): Promise<void> {
  // Never recursive: whatever might still be mounted there is not ours to remove.
  removeEmpty(merged)
  const lower = join(folder, 'lower')
  const ids = join(folder, 'ids')
  const files = [upper, work, lower, ...temporariesOf(lower), ids, ...temporariesOf(ids), join(folder, 'base')]
  await Promise.all(files.map((path) => removeTree(path)))
  // Others keep files beside it; the last one removes the folder.
  try {
    rmdirSync(folder)
  } catch {
    // There are some.
  }
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

interface Lower {
  links: string[]
  /** The folder of the topmost. */
  folder?: string
  /** The folders of an additional store. */
  others?: readonly string[]
  /** They are copies with the owners of a user namespace with these ids. */
  copiedIds?: IdMappings
}

/** Own layers with other owners. */
async function withOwners(
  layout: Layout,
  attributes: AttributeOptions,
  { links }: Lower,
  { parent, ids }: { parent: ChainId | undefined; ids: IdMappings },
): Promise<Lower> {
  if (parent === undefined) return { links: [], copiedIds: ids }
  const folders = links.map((link) => join(layout.root, layout.link(link), '.'))
  const link = await copyMapped(layout, attributes, { parent, folders, ids })
  return { links: [link], folder: join(layout.root, layout.link(link), '.'), copiedIds: ids }
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
async function copied(
  layout: Layout,
  attributes: AttributeOptions,
  id: string,
  { layers, ids }: { layers: readonly ForeignLayer[]; ids: IdMappings | undefined },
): Promise<Lower> {
  const folder = join(layout.snapshot(id), 'base')
  const staging = newStagingPath(layout.staging)
  try {
    mkdirSync(join(staging, 'copy'), { recursive: true, mode: 0o755 })
    const folders = neededLayers(layers)
      .map(({ path }) => path)
      .toReversed()
    const { copyLayers } = await import('../layers/copy-layers.ts')
    await copyLayers(folders, join(staging, 'copy'), { ...attributes, foreign: true, ...(ids ? { ids } : {}) })
    mkdirSync(layout.snapshot(id), { recursive: true, mode: 0o700 })
    await removeTree(folder)
    renameSync(join(staging, 'copy'), folder)
  } finally {
    await removeTree(staging)
  }
  return { links: [foreignLink(layout, `../containers/${id}/base`)], folder, ...(ids ? { copiedIds: ids } : {}) }
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
