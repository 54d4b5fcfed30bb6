import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

import { EngineError } from '../../errors/index.ts'
import type { ChainId } from '../../image/index.ts'
import { hostId, type IdMappings } from '../../spec/id-map.ts'
import { writeFileAtomicSync } from '../../lib/files/atomic-file.ts'
import { mount, mountFlags, umountFlags, unmountIfMounted } from '../../lib/sys/index.ts'
import type { AttributeOptions } from '../layers/attributes.ts'
import { foreignLink, neededLayers } from '../layers/foreign-layers.ts'
import { readRecord } from '../layers/layer-record.ts'
import type { MountOptions, SnapshotChanges, SnapshotPaths } from '../layers/layer-store.ts'
import type { Layout } from '../layout.ts'
import type { BinaryPath } from '../paths.ts'
import { copyMapped, mappingOf, noteMapping } from './mapped-layers.ts'
import { lowerLinks } from './snapshot-record.ts'
import { removeSnapshotFiles, type SnapshotOptions, snapshotPathsIn, type SnapshotVerbs } from './snapshots.ts'
import { newStagingPath } from '../layers/staging.ts'
import { removeTree } from '../../lib/files/remove-tree.ts'

/**
 * Containers' file systems as plain copies of their layers, for hosts and folders where overlay cannot be mounted. `upper` holds
 * the whole file system; what a container changed is found by comparing it with the layers. It is bound to `merged` while it is
 * mounted, for the mount's own flags: nodev, read-only.
 */
export function openCopiedSnapshots(layout: Layout, attributes: AttributeOptions, options: SnapshotOptions = {}): SnapshotVerbs {
  const paths = (id: string): SnapshotPaths => snapshotPathsIn(layout, id)
  const isMounted = (id: string): boolean => isBound(paths(id))
  const unmount = (id: string): void => void unmountIfMounted(paths(id).merged, umountFlags.detach | umountFlags.noFollow)
  return {
    snapshotPaths: paths,
    createSnapshot: (id, input) => create(layout, attributes, options, { id, ...input }),
    isMounted,
    mountSnapshot(id, mountOptions = {}) {
      const { merged } = paths(id)
      // Without nodev, a process was killed before the mount got its flags.
      if (isMounted(id) && (flagsOf(merged) & mountFlags.noDev) !== 0) return merged
      unmount(id)
      bind(layout, id, mountOptions, options.flags ?? 0)
      return merged
    },
    async mountLayers(target, { parent, own, readonly, ids }) {
      const upper = join(own, 'upper')
      if (!existsSync(upper)) {
        mkdirSync(own, { recursive: true, mode: 0o700 })
        const links = parent === undefined ? [] : readRecord(layout.layer(parent), parent).links
        const staging = newStagingPath(layout.staging)
        try {
          mkdirSync(join(staging, 'copy'), { recursive: true, mode: 0o755 })
          const { copyLayers } = await import('../layers/copy-layers.ts')
          const options = { ...attributes, ...(ids ? { ids } : {}) }
          await copyLayers(foldersOf(layout, links).toReversed(), join(staging, 'copy'), options)
          renameSync(join(staging, 'copy'), upper)
        } finally {
          await removeTree(staging)
        }
      }
      mount(upper, target, null, mountFlags.bind)
      mount('', target, null, mountFlags.private)
      const wanted = mountFlags.noDev | (readonly ? mountFlags.readOnly : 0)
      mount('', target, null, mountFlags.remount | mountFlags.bind | wanted | flagsOf(target))
    },
    unmountSnapshotSync: unmount,
    unmountSnapshot: async (id) => unmount(id),
    async removeSnapshot(id) {
      if (!existsSync(layout.snapshot(id))) return
      unmount(id)
      await removeSnapshotFiles(layout.snapshot(id), paths(id))
    },
    snapshotChanges: (id) => changes(layout, id),
    snapshotUsage: (id) => usage(layout, id),
    writeSnapshot: (id, write) => writeInto(layout, attributes, id, write),
  }
}

/** The copy is made aside and renamed: a crash leaves a snapshot that is whole, or one without files. */
async function create(
  layout: Layout,
  attributes: AttributeOptions,
  { foreign }: SnapshotOptions,
  { id, parent, ids }: { id: string; parent?: ChainId; ids?: IdMappings },
): Promise<void> {
  const { upper, work, merged } = snapshotPathsIn(layout, id)
  const others = parent === undefined || existsSync(layout.layer(parent)) ? undefined : foreign?.(parent)
  const needed = others && neededLayers(others)
  const own = needed
    ? needed.map(({ path }) => foreignLink(layout, path))
    : parent === undefined
      ? []
      : readRecord(layout.layer(parent), parent).links
  // What a container changed is found by comparing with a copy that has the same owners.
  const copied = ids && parent !== undefined && !needed ? { parent, folders: foldersOf(layout, own), ids } : undefined
  const links = copied ? [await copyMapped(layout, attributes, copied)] : own
  // An earlier one of this id was left by a crash.
  unmountIfMounted(merged, umountFlags.detach | umountFlags.noFollow)
  for (const each of [work, merged]) mkdirSync(each, { recursive: true, mode: 0o700 })
  writeFileAtomicSync(join(layout.snapshot(id), 'lower'), links.map(layout.link).join(':'))
  const staging = newStagingPath(layout.staging)
  try {
    mkdirSync(join(staging, 'copy'), { recursive: true, mode: 0o755 })
    const { copyLayers } = await import('../layers/copy-layers.ts')
    const others = { foreign: needed !== undefined, ...(ids && needed ? { ids } : {}) }
    await copyLayers(foldersOf(layout, links).toReversed(), join(staging, 'copy'), { ...attributes, ...others })
    if (ids && parent === undefined) chownSync(join(staging, 'copy'), hostId(ids.uids, 0) ?? 0, hostId(ids.gids, 0) ?? 0)
    if (ids) noteMapping(layout, id, { ids, how: 'copy' })
    writeFileSync(copiedMark(work), '')
    await removeTree(upper)
    renameSync(join(staging, 'copy'), upper)
  } finally {
    await removeTree(staging)
  }
}

const foldersOf = (layout: Layout, links: readonly string[]): string[] =>
  links.map((link) => join(layout.root, layout.link(link), '.'))

/** Its time is that of the copy: a file that changed later was written to, even if its own times were set back. */
const copiedMark = (work: string): string => join(work, 'copied')

/** The same folder is seen at both places. */
function isBound({ upper, merged }: SnapshotPaths): boolean {
  const own = statSync(upper, { throwIfNoEntry: false })
  const seen = statSync(merged, { throwIfNoEntry: false })
  return own !== undefined && seen !== undefined && own.ino === seen.ino && own.dev === seen.dev
}

function bind(layout: Layout, id: string, { readonly = false, selinuxLabel }: MountOptions, extra: number): void {
  const { upper, merged } = snapshotPathsIn(layout, id)
  if (!lstatSync(upper, { throwIfNoEntry: false })?.isDirectory())
    throw new EngineError(
      'StoreCorrupt',
      `The file system of container ${id.slice(0, 12)} is missing from the store: remove the container and create it again.`,
    )
  if (selinuxLabel)
    throw new EngineError(
      'NotSupported',
      'The storage driver vfs cannot give a container an SELinux label of its own: use the driver overlay.',
    )
  mkdirSync(merged, { recursive: true, mode: 0o700 })
  const wanted = mountFlags.noDev | (readonly ? mountFlags.readOnly : 0) | extra
  try {
    mount(upper, merged, null, mountFlags.bind)
    // As a peer of its source it would pass on what is mounted below.
    mount('', merged, null, mountFlags.private)
    mount('', merged, null, mountFlags.remount | mountFlags.bind | wanted | flagsOf(merged))
  } catch (cause) {
    unmountIfMounted(merged, umountFlags.detach | umountFlags.noFollow)
    const reason =
      (cause as NodeJS.ErrnoException).code === 'EPERM'
        ? 'this process may not mount (as an ordinary user, start the engine through the berth command, which enters your user namespace)'
        : (cause as Error).message
    const message = `The container's file system in ${layout.root} could not be mounted: ${reason}.`
    throw new EngineError('StoreUnavailable', message, { details: { root: layout.root }, cause })
  }
}

const flagNames: Readonly<Record<string, number>> = {
  ro: mountFlags.readOnly,
  nosuid: mountFlags.noSuid,
  nodev: mountFlags.noDev,
  noexec: mountFlags.noExec,
}

/**
 * Flags that a mount has. Those from where it came may not be taken away in a user namespace (mount_namespaces(7)); how it keeps
 * times of access a remount leaves as it is.
 */
function flagsOf(merged: string): number {
  const place = realpathSync(merged)
  const escaped = place.replaceAll(/[ \t\n\\]/g, (sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`)
  const path = Buffer.from(escaped).toString('latin1')
  const lines = readFileSync('/proc/self/mountinfo', 'latin1').split('\n')
  const options = lines.findLast((line) => line.split(' ', 5)[4] === path)?.split(' ', 6)[5] ?? ''
  return options.split(',').reduce((sum, name) => sum | (flagNames[name] ?? 0), 0)
}

interface Compared {
  /** Paths that are new or were written, with a slash before each name. */
  changed: Map<BinaryPath, { size: number; ino: number; nlink: number; isFile(): boolean }>
  removed: BinaryPath[]
}

async function compare(layout: Layout, id: string): Promise<Compared> {
  const { isChanged, readTree, removedPaths } = await import('./merged-tree.ts')
  const { upper, work } = snapshotPathsIn(layout, id)
  const lower = (lowerLinks(layout, id) ?? []).map((link) => ({ path: join(layout.root, link, '.') }))
  const before = await readTree(lower.toReversed())
  const now = await readTree([{ path: upper, unmarked: true }])
  const copied = statSync(copiedMark(work), { throwIfNoEntry: false })?.ctimeMs ?? Infinity
  const changed: Compared['changed'] = new Map()
  for (const [path, entry] of now) {
    const old = before.get(path)
    const written = !entry.isDirectory() && entry.ctimeMs > copied
    if (!old || written || isChanged(old, entry)) changed.set(path, entry)
  }
  return { changed, removed: removedPaths(before, now) }
}

async function changes(layout: Layout, id: string): Promise<SnapshotChanges> {
  const { changed, removed } = await compare(layout, id)
  const mapped = mappingOf(layout, id)
  const only = new Set<BinaryPath>()
  for (const path of changed.keys())
    for (let at = path.length; at > 0 && !only.has(path.slice(1, at)); at = path.lastIndexOf('/', at - 1))
      only.add(path.slice(1, at))
  return {
    root: snapshotPathsIn(layout, id).upper,
    only,
    ...(mapped ? { ids: mapped.ids } : {}),
    removed: removed.map((path) => Buffer.from(path.slice(1), 'latin1').toString()),
  }
}

/** Hard-linked files count once. */
async function usage(layout: Layout, id: string): Promise<{ size: number; inodes: number }> {
  if (!existsSync(snapshotPathsIn(layout, id).upper)) return { size: 0, inodes: 0 }
  const { changed } = await compare(layout, id)
  const seen = new Set<number>()
  let size = 0
  for (const entry of changed.values()) {
    if (!entry.isFile() || (entry.nlink > 1 && seen.has(entry.ino))) continue
    seen.add(entry.ino)
    size += entry.size
  }
  return { size, inodes: changed.size }
}

/** What is written goes into a folder of its own first, since a mark in it means a removal. */
async function writeInto(
  layout: Layout,
  attributes: AttributeOptions,
  id: string,
  write: Parameters<SnapshotVerbs['writeSnapshot']>[1],
): Promise<void> {
  const staging = newStagingPath(layout.staging)
  const folder = join(staging, 'copy')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o755 })
    const implied = await write(folder, 'files')
    const { copyLayers } = await import('../layers/copy-layers.ts')
    await copyLayers([folder], snapshotPathsIn(layout, id).upper, { ...attributes, keep: new Set(implied) })
  } finally {
    await removeTree(staging)
  }
}
