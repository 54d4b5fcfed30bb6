import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'

import { EngineError } from '../../errors/index.ts'
import type { ChainId } from '../../image/index.ts'
import { writeFileAtomicSync } from '../../lib/files/atomic-file.ts'
import { withUserNamespace } from '../../lib/process/user-namespace.ts'
import { mountIdMapped, umountFlags, unmountIfMounted } from '../../lib/sys/index.ts'
import type { IdMappings } from '../../spec/id-map.ts'
import type { AttributeOptions } from '../layers/attributes.ts'
import { foreignLink } from '../layers/foreign-layers.ts'
import { newStagingPath } from '../layers/staging.ts'
import type { Layout } from '../layout.ts'
import { removeTree } from '../../lib/files/remove-tree.ts'

/** How the layers of a snapshot get the owners of a user namespace: by the mount, or since they are a copy that has them. */
export interface MappedSnapshot {
  ids: IdMappings
  how: 'mount' | 'copy'
}

const Ids = v.array(v.object({ container_id: v.number(), host_id: v.number(), size: v.number() }))
const Mapped = v.object({ ids: v.object({ uids: Ids, gids: Ids }), how: v.picklist(['mount', 'copy']) })

const recordOf = (layout: Layout, id: string): string => join(layout.snapshot(id), 'ids')
const placeOf = (layout: Layout, id: string): string => join(layout.snapshot(id), 'mapped')

export function noteMapping(layout: Layout, id: string, mapped: MappedSnapshot): void {
  writeFileAtomicSync(recordOf(layout, id), JSON.stringify(mapped))
}

/** Nothing for a snapshot whose owners are its layers'. @throws StoreCorrupt */
export function mappingOf(layout: Layout, id: string): MappedSnapshot | undefined {
  let text: string
  try {
    text = readFileSync(recordOf(layout, id), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    return v.parse(Mapped, JSON.parse(text))
  } catch (cause) {
    const message = `The list of ids of container ${id.slice(0, 12)} is damaged: remove the container and create it again.`
    throw new EngineError('StoreCorrupt', message, { cause })
  }
}

/** Mounts the store once more with other owners for as long as `use` mounts something from there. */
export function withMappedStore<T>(layout: Layout, id: string, ids: IdMappings, use: (root: string) => T): T {
  const place = placeOf(layout, id)
  mkdirSync(place, { recursive: true, mode: 0o700 })
  try {
    withUserNamespace(ids, (userNamespace) => mountIdMapped({ source: layout.root, target: place, userNamespace }))
    // Overlay keeps mounts of its own of what it was given.
    return use(place)
  } finally {
    freeMapped(layout, id)
  }
}

/** What a killed process may have left. Idempotent. */
export function freeMapped(layout: Layout, id: string): void {
  const place = placeOf(layout, id)
  if (!existsSync(place)) return
  unmountIfMounted(place, umountFlags.detach | umountFlags.noFollow)
  rmdirSync(place)
}

export interface CopiedLayers {
  parent: ChainId
  /** Highest first. */
  folders: readonly string[]
  ids: IdMappings
}

const keyOf = (ids: IdMappings): string => createHash('sha256').update(JSON.stringify(ids)).digest('hex').slice(0, 32)

/** The folder of copies of an own layer, and all below it, with other owners. */
const copiesOf = (layout: Layout, parent: ChainId): string => join(layout.layer(parent), 'mapped')

/**
 * The short name of a copy of layers with other owners, made when there is none. It goes with its topmost layer, or once no container
 * needs it.
 */
export async function copyMapped(
  layout: Layout,
  attributes: AttributeOptions,
  { parent, folders, ids }: CopiedLayers,
): Promise<string> {
  const folder = join(copiesOf(layout, parent), keyOf(ids))
  if (!existsSync(folder)) {
    const staging = newStagingPath(layout.staging)
    try {
      mkdirSync(join(staging, 'copy'), { recursive: true, mode: 0o755 })
      const { copyLayers } = await import('../layers/copy-layers.ts')
      await copyLayers(folders.toReversed(), join(staging, 'copy'), { ...attributes, ids })
      mkdirSync(copiesOf(layout, parent), { recursive: true, mode: 0o700 })
      move(join(staging, 'copy'), folder)
    } finally {
      await removeTree(staging)
    }
  }
  return copyLink(layout, parent, ids)
}

/** The short name of a copy that is there. @throws LayerNotFound */
export function copyLink(layout: Layout, parent: ChainId, ids: IdMappings): string {
  const key = keyOf(ids)
  if (existsSync(join(copiesOf(layout, parent), key))) return foreignLink(layout, `../layers/${parent}/mapped/${key}`)
  throw new EngineError(
    'LayerNotFound',
    `The copy of layer ${parent.slice(0, 12)} with the owners of a user namespace is missing from the store: create the container again.`,
  )
}

/** Another process may have made the same copy meanwhile. */
function move(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

/** Removes copies that no short name among `wanted` leads to: of mappings that are no longer used. */
export async function sweepCopies(layout: Layout, isWanted: (target: string) => boolean): Promise<void> {
  for (const chainId of readdirSync(layout.layers)) {
    const copies = join(layout.layers, chainId, 'mapped')
    if (!existsSync(copies)) continue
    for (const key of readdirSync(copies)) {
      if (isWanted(`../layers/${chainId}/mapped/${key}`)) continue
      const doomed = newStagingPath(layout.staging)
      renameSync(join(copies, key), doomed)
      await removeTree(doomed)
    }
    if (readdirSync(copies).length === 0) rmdirSync(copies)
  }
}
