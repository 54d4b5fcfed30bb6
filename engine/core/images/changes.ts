import { lstatSync, readdirSync, type Stats } from 'node:fs'

import type { Output } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import type { ChainId } from '../../image/index.ts'
import { lgetxattr } from '../../lib/sys.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verbs.ts'
import { findInstance } from '../manifests/instance.ts'
import { otherLayers } from './additional/attached.ts'

type Change = NonNullable<Output<'image.changes'>>[number]

const kinds = { changed: 0, added: 1, deleted: 2 } as const

/**
 * What an image changes against `parent`, or against itself without its topmost layer. Sorted by path; of what is gone only the
 * topmost folder.
 */
export const changes: Verb<'image.changes'> = async (context, { name, parent, diffType }) => {
  if (diffType === 'container')
    throw new EngineError('ContainerNotFound', `${name}: no such container: its changes are not those of an image`, {
      details: { name },
    })
  const chain = findInstance(context, name).record.facts.chain
  const before = parent === undefined ? chain.slice(0, -1) : findInstance(context, parent).record.facts.chain
  const [older, newer] = [await readTree(context, before), await readTree(context, chain)]
  const found: Change[] = []
  for (const [path, entry] of newer) {
    const old = older.get(path)
    if (!old) found.push({ Path: shown(path), Kind: kinds.added })
    else if (isChanged(old, entry)) found.push({ Path: shown(path), Kind: kinds.changed })
  }
  for (const path of older.keys()) {
    if (!newer.has(path) && isTopmost(path, newer)) found.push({ Path: shown(path), Kind: kinds.deleted })
  }
  const told = found.filter(({ Path }) => !ofContainers.has(Path))
  return told.length > 0 ? told.toSorted((a, b) => (a.Path < b.Path ? -1 : a.Path > b.Path ? 1 : 0)) : null
}

/** What every container gets anew, so that podman never tells of it, not even of an image. */
const ofContainers = new Set([
  '/dev',
  '/etc/hostname',
  '/etc/hosts',
  '/etc/mtab',
  '/etc/resolv.conf',
  '/proc',
  '/run',
  '/run/.containerenv',
  '/run/notify',
  '/run/secrets',
  '/sys',
])

/** Paths as binary text, so that names which are not UTF-8 stay apart. */
type Tree = Map<string, Stats>

/** What lies directly in each folder of a tree. */
type Contents = Map<string, Set<string>>

/** How many files are looked at before others in this process have their turn. */
const turn = 2_000

/** The files of layers, lowest first, as they lie on each other. */
async function readTree(context: Context, chain: readonly string[]): Promise<Tree> {
  const layers = await context.layers()
  const tree: Tree = new Map()
  const contents: Contents = new Map()
  let seen = 0
  for (const chainId of chain) {
    const id = chainId as ChainId
    const folder = layers.has(id) ? layers.path(id) : (otherLayers(context, chainId)?.[0]?.path ?? layers.path(id))
    const root = Buffer.from(folder).toString('latin1')
    const folders = ['']
    for (let below = folders.pop(); below !== undefined; below = folders.pop()) {
      for (const name of namesIn(`${root}${below}`)) {
        const path = `${below}/${name}`
        const entry = lstatSync(Buffer.from(`${root}${path}`, 'latin1'))
        if (++seen % turn === 0) await new Promise((resolve) => setImmediate(resolve))
        place({ tree, contents }, path, entry, () => isOpaque(`${root}${path}`))
        if (entry.isDirectory()) folders.push(path)
      }
    }
  }
  return tree
}

/** Overlay's rules (Documentation/filesystems/overlayfs.rst): whiteouts, opaque folders, and a file hides a folder. */
export function place(
  { tree, contents }: { tree: Tree; contents: Contents },
  path: string,
  entry: Pick<Stats, 'isDirectory' | 'isCharacterDevice' | 'rdev'>,
  opaque: () => boolean,
): void {
  const below = tree.get(path)
  const whiteout = entry.isCharacterDevice() && entry.rdev === 0
  if (below?.isDirectory() && (whiteout || !entry.isDirectory() || opaque())) empty({ tree, contents }, path)
  const folder = path.slice(0, path.lastIndexOf('/'))
  if (whiteout) {
    tree.delete(path)
    contents.get(folder)?.delete(path)
    return
  }
  tree.set(path, entry as Stats)
  const beside = contents.get(folder)
  if (beside) beside.add(path)
  else contents.set(folder, new Set([path]))
}

/** Takes away all that is below a folder, in time that goes by how much that is. */
function empty({ tree, contents }: { tree: Tree; contents: Contents }, path: string): void {
  const folders = [path]
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const each of contents.get(folder) ?? []) {
      tree.delete(each)
      folders.push(each)
    }
    contents.delete(folder)
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(Buffer.from(folder, 'latin1'), { encoding: 'latin1' })
  } catch (error) {
    throw new EngineError('LayerNotFound', `The layer at ${shown(folder)} cannot be read: pull its image again.`, {
      cause: error,
    })
  }
}

function isOpaque(path: string): boolean {
  const file = Buffer.from(path, 'latin1')
  return ['trusted.overlay.opaque', 'user.overlay.opaque'].some((name) => {
    try {
      return lgetxattr(file, name)?.toString() === 'y'
    } catch {
      return false // a file system without attributes, or one we may not read
    }
  })
}

function isChanged(old: Stats, now: Stats): boolean {
  if (old.dev === now.dev && old.ino === now.ino) return false
  const same = old.mode === now.mode && old.uid === now.uid && old.gid === now.gid && old.rdev === now.rdev
  // A folder's size says nothing of what is in it.
  return !same || old.mtimeMs !== now.mtimeMs || (!now.isDirectory() && old.size !== now.size)
}

function isTopmost(path: string, newer: Tree): boolean {
  const parent = path.slice(0, path.lastIndexOf('/'))
  return parent === '' || newer.has(parent)
}

const shown = (path: string): string => Buffer.from(path, 'latin1').toString()
