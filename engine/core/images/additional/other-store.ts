import { lstatSync, realpathSync } from 'node:fs'
import { join, relative } from 'node:path'

import { parseReference } from '../../../image/index.ts'
import type { ForeignLayer } from '../../../storage/index.ts'
import type { ReadOnlyImage } from '../../../store/index.ts'

/** A layer of a store that is only read. */
export interface OtherLayer extends ForeignLayer {
  /** Bytes of its uncompressed tar, where known. */
  size: number
  /** Names of all members of its tar, by which its whiteouts are interpreted; `undefined` where they are not known. */
  names?: () => AsyncIterable<string> | Iterable<string>
  /** Its uncompressed tar, built again. */
  tar?: () => AsyncIterable<Uint8Array>
}

/** A store that is only read: another Berth's, or one of containers/storage. */
export interface OtherStore {
  root: string
  images: ReadOnlyImage[]
  /** By chain id. */
  layers: Map<string, OtherLayer>
  /** Files of blobs (manifests, configurations and, where kept, layers), by digest. */
  blobs: Map<string, string>
  /** Warnings about unusable entries. */
  warnings: string[]
}

/** Whether a path below a store is a folder, and no link on the way to it leads elsewhere: what it holds is shown to containers. */
export function isFolderOf(root: string, path: string): boolean {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) return false
  return realpathSync(path) === join(realpathSync(root), relative(root, path))
}

/** The names that can be names of images. */
export function fullNames(names: unknown): string[] {
  if (!Array.isArray(names)) return []
  return names.slice(0, 1000).filter((name): name is string => {
    if (typeof name !== 'string' || name.length > 1000) return false
    try {
      return parseReference(name).registry !== undefined
    } catch {
      return false
    }
  })
}
