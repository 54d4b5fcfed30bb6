import { lstatSync, readdirSync, type Stats } from 'node:fs'
import { setImmediate } from 'node:timers/promises'

import { EngineError } from '../../errors/index.ts'
import { isOpaque, isWhiteout, opaqueName, whiteoutPrefix } from '../layers/marks.ts'
import { type BinaryPath, toBinary, toFile } from '../paths.ts'

/** Files by path, with a slash before each name. */
export type Tree = Map<BinaryPath, Stats>

/** The direct children of each folder of a tree. */
type Contents = Map<BinaryPath, Set<BinaryPath>>

/** A folder of a tree, and what it means. */
export interface TreeFolder {
  path: string
  /** It holds all that is below it, too. */
  complete?: boolean
  /** A container's own files: all of its names are plain ones, whatever they look like, and may go meanwhile. */
  unmarked?: boolean
  /** Its folders can hide those below by overlay's attribute all the same. */
  opaque?: boolean
}

/** Files that are examined before the event loop gets its turn. */
const turn = 2_000

/** The merged files of layers, lowest first. @throws LayerNotFound */
export async function readTree(layers: readonly TreeFolder[]): Promise<Tree> {
  const tree: Tree = new Map()
  const contents: Contents = new Map()
  let seen = 0
  for (const { path: layer, complete, unmarked, opaque } of layers) {
    if (complete) empty({ tree, contents }, '')
    const root = toBinary(layer)
    const folders = ['']
    for (let below = folders.pop(); below !== undefined; below = folders.pop()) {
      const { marks, members } = marksFirst(`${root}${below}`, unmarked ?? false)
      if (below === '' && marks.includes(opaqueName)) empty({ tree, contents }, '')
      for (const mark of marks) if (mark !== opaqueName) hide({ tree, contents }, `${below}/${mark.slice(whiteoutPrefix.length)}`)
      for (const name of members) {
        const path = `${below}/${name}`
        const entry = lstatSync(toFile(`${root}${path}`), { throwIfNoEntry: false })
        // A container that runs may have removed it meanwhile.
        if (!entry) continue
        if (++seen % turn === 0) await setImmediate()
        place({ tree, contents }, path, entry, () => (opaque ?? !unmarked) && isOpaque(`${root}${path}`))
        if (entry.isDirectory()) folders.push(path)
      }
    }
  }
  return tree
}

/** Overlay's rules (Documentation/filesystems/overlayfs.rst): whiteouts, opaque folders, and a file hides a folder. */
export function place(
  { tree, contents }: { tree: Tree; contents: Contents },
  path: BinaryPath,
  entry: Pick<Stats, 'isDirectory' | 'isCharacterDevice' | 'rdev'>,
  opaque: () => boolean,
): void {
  if (isWhiteout(entry)) return hide({ tree, contents }, path)
  const below = tree.get(path)
  if (below?.isDirectory() && (!entry.isDirectory() || opaque())) empty({ tree, contents }, path)
  const folder = path.slice(0, path.lastIndexOf('/'))
  tree.set(path, entry as Stats)
  const beside = contents.get(folder)
  if (beside) beside.add(path)
  else contents.set(folder, new Set([path]))
}

function hide({ tree, contents }: { tree: Tree; contents: Contents }, path: BinaryPath): void {
  if (tree.get(path)?.isDirectory()) empty({ tree, contents }, path)
  tree.delete(path)
  contents.get(path.slice(0, path.lastIndexOf('/')))?.delete(path)
}

/** Removes all entries below a folder, in time proportional to their number. */
function empty({ tree, contents }: { tree: Tree; contents: Contents }, path: BinaryPath): void {
  const folders = [path]
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const each of contents.get(folder) ?? []) {
      tree.delete(each)
      folders.push(each)
    }
    contents.delete(folder)
  }
}

function marksFirst(folder: BinaryPath, unmarked: boolean): { marks: BinaryPath[]; members: BinaryPath[] } {
  const names = namesIn(folder, unmarked)
  if (unmarked || !names.some((name) => name.startsWith(whiteoutPrefix))) return { marks: [], members: names }
  return {
    marks: names.filter((name) => name.startsWith(whiteoutPrefix)),
    members: names.filter((name) => !name.startsWith(whiteoutPrefix)),
  }
}

function namesIn(folder: BinaryPath, mayGo: boolean): BinaryPath[] {
  try {
    return readdirSync(toFile(folder), { encoding: 'latin1' })
  } catch (error) {
    if (mayGo && ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return []
    throw new EngineError('LayerNotFound', `The layer at ${shownPath(folder)} cannot be read: pull its image again.`, {
      cause: error,
    })
  }
}

/** Whether a file's attributes say that it is another one, or was written. */
export function isChanged(old: Stats, now: Stats): boolean {
  if (old.dev === now.dev && old.ino === now.ino) return false
  const same = old.mode === now.mode && old.uid === now.uid && old.gid === now.gid && old.rdev === now.rdev
  // A folder's size says nothing of what is in it.
  return !same || old.mtimeMs !== now.mtimeMs || (!now.isDirectory() && old.size !== now.size)
}

/** Paths of `older` that `newer` has not; of folders only the topmost. */
export function removedPaths(older: Tree, newer: Tree): BinaryPath[] {
  return [...older.keys()].filter((path) => {
    if (newer.has(path)) return false
    const parent = path.slice(0, path.lastIndexOf('/'))
    return parent === '' || newer.has(parent)
  })
}

/** A path as text. */
export const shownPath = (path: BinaryPath): string => Buffer.from(path, 'latin1').toString()
