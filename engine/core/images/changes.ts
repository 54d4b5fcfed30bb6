import type { Output } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import type { ChainId } from '../../image/index.ts'
import type { LayerStore } from '../../storage/index.ts'
import { isChanged, readTree, removedPaths, shownPath, type Tree, type TreeFolder } from '../../storage/snapshots/merged-tree.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { findInstance } from '../manifests/instance.ts'
import { otherLayers } from './additional/attached.ts'

export type Change = NonNullable<Output<'image.changes'>>[number]

const kinds = { changed: 0, added: 1, deleted: 2 } as const

/**
 * What an image changes against `parent`, or against itself without its topmost layer. Sorted by path; of removed trees only the
 * topmost folder.
 */
export const changes: Verb<'image.changes'> = async (context, { name, parent, diffType }) => {
  if (diffType === 'container')
    throw new EngineError('ContainerNotFound', `${name}: no such container: its changes are not those of an image`, {
      details: { name },
    })
  const chain = findInstance(context, name).record.facts.chain
  const before = parent === undefined ? chain.slice(0, -1) : findInstance(context, parent).record.facts.chain
  const layers = await context.layers()
  return compareTrees(await readTree(layerFolders(context, layers, before)), await readTree(layerFolders(context, layers, chain)))
}

/** The files of a tree that differ from those of an older one; nothing where none does. */
export function compareTrees(older: Tree, newer: Tree): Change[] | null {
  const found: Change[] = []
  for (const [path, entry] of newer) {
    const old = older.get(path)
    if (!old) found.push({ Path: shownPath(path), Kind: kinds.added })
    else if (isChanged(old, entry)) found.push({ Path: shownPath(path), Kind: kinds.changed })
  }
  const removed = removedPaths(older, newer)
  for (const path of removed) found.push({ Path: shownPath(path), Kind: kinds.deleted })
  return sortedChanges([...found, ...foldersAbove(older, newer, removed, found)])
}

/** As podman: each folder in which something differs has changed itself, whatever its own attributes say. */
function foldersAbove(older: Tree, newer: Tree, removed: readonly string[], found: readonly Change[]): Change[] {
  const known = new Set(found.map(({ Path }) => Path))
  const above = new Set<string>()
  const differing = [...newer].flatMap(([path, entry]) => {
    const old = older.get(path)
    return !old || isChanged(old, entry) ? [path] : []
  })
  for (const path of [...differing, ...removed])
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at)
      if (above.has(folder)) break
      if (older.has(folder) && newer.has(folder)) above.add(folder)
    }
  return [...above].map(shownPath).flatMap((Path) => (known.has(Path) ? [] : [{ Path, Kind: kinds.changed }]))
}

/** Without what every container has. */
export function sortedChanges(found: readonly Change[]): Change[] | null {
  const reported = found.filter(({ Path }) => !ofContainers.has(Path))
  return reported.length > 0 ? reported.toSorted((a, b) => (a.Path < b.Path ? -1 : a.Path > b.Path ? 1 : 0)) : null
}

/** What every container gets created, so that podman never reports it, not even for an image. */
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

/** The folders of layers, lowest first. */
export function layerFolders(context: Context, layers: LayerStore, chain: readonly string[]): TreeFolder[] {
  return chain.map((chainId) => {
    const id = chainId as ChainId
    return layers.has(id) ? { path: layers.path(id) } : (otherLayers(context, chainId)?.[0] ?? { path: layers.path(id) })
  })
}
