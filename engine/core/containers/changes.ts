import { EngineError } from '../../errors/index.ts'
import { readTree, type TreeFolder } from '../../storage/snapshots/merged-tree.ts'
import { type ContainerRecord, findContainer, imageById } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { type Change, compareTrees, layerFolders, sortedChanges } from '../images/changes.ts'
import { findInstance } from '../manifests/instance.ts'
import type { Verb } from '../verb.ts'

/** Files, lowest folder first, and those below them that they are compared with where nothing else is asked for. */
interface Compared {
  before: TreeFolder[]
  now: TreeFolder[]
}

/**
 * What a container changes against its image, an image against itself without its topmost layer, or either against another one. A folder
 * with changes counts as changed.
 */
export const changes: Verb<'container.changes'> = async (context, { name, parent, diffType }) => {
  const compared = await foldersOf(context, name, diffType)
  const before = parent === undefined ? compared.before : (await foldersOf(context, parent, 'all')).now
  const found = compareTrees(await readTree(before), await readTree(compared.now)) ?? []
  return sortedChanges([...found, ...parentsOf(found)])
}

async function foldersOf(context: Context, name: string, kind: 'all' | 'container' | 'image'): Promise<Compared> {
  const layers = await context.layers()
  const record = kind === 'image' ? undefined : findIfThere(context, name, kind === 'all')
  if (!record) {
    const folders = layerFolders(context, layers, findInstance(context, name).record.facts.chain)
    return { before: folders.slice(0, -1), now: folders }
  }
  const { config, id } = record
  if (config.rootfs !== '')
    throw new EngineError(
      'InvalidArgument',
      `Container ${record.name} has no image to compare it with: it was made with --rootfs.`,
      {
        details: { container: id },
      },
    )
  const image = config.image === null ? undefined : imageById(context.database, config.image.id)
  const before = layerFolders(context, layers, image?.facts.chain ?? [])
  const { upper } = layers.snapshotPaths(id)
  const own = { path: upper, unmarked: true }
  return { before, now: layers.driver === 'vfs' ? [own] : [...before, { ...own, opaque: true }] }
}

/** @param orNothing for a name that may be an image's. */
function findIfThere(context: Context, name: string, orNothing: boolean): ContainerRecord | undefined {
  try {
    return findContainer(context.database, name)
  } catch (error) {
    if (orNothing && EngineError.is(error, 'ContainerNotFound')) return undefined
    throw error
  }
}

/** Folders on the way to changes that are not among them. */
function parentsOf(found: readonly Change[]): Change[] {
  const known = new Set(found.map(({ Path }) => Path))
  const parents = new Map<string, Change>()
  for (const { Path } of found)
    for (let at = Path.lastIndexOf('/'); at > 0; at = Path.lastIndexOf('/', at - 1)) {
      const path = Path.slice(0, at)
      if (!known.has(path)) parents.set(path, { Path: path, Kind: 0 })
    }
  return [...parents.values()]
}
