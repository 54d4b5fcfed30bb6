import { chmodSync, lstatSync, mkdirSync, readdirSync, readlinkSync, type Stats, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { EngineError } from '../../errors/index.ts'
import { type Layout, randomLetters } from '../layout.ts'

/** A layer of an additional store. */
export interface ForeignLayer {
  path: string
  /** Its folder holds all that is below it, too. */
  complete?: boolean
  /** Its removals are marked in a way that overlay does not understand. */
  markedByFiles?: boolean
}

/** Finds a layer that is in an additional store and all below it, highest first; nothing when it is in none. */
export type ForeignLayers = (chainId: string) => readonly ForeignLayer[] | undefined

/** Those that are needed to show the topmost, highest first. */
export function neededLayers(layers: readonly ForeignLayer[]): readonly ForeignLayer[] {
  const complete = layers.findIndex((layer) => layer.complete)
  return complete < 0 ? layers : layers.slice(0, complete + 1)
}

/**
 * The short name of a folder outside the store, made when there is none. The sweep removes it once no container needs it.
 * @throws StoreUnavailable
 */
export function foreignLink(layout: Layout, folder: string): string {
  for (const name of readdirSync(layout.links)) {
    const file = join(layout.links, name)
    if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() && readlinkSync(file) === folder) return name
  }
  for (let attempt = 0; attempt < 10; attempt++) {
    const name = randomLetters()
    try {
      symlinkSync(folder, join(layout.links, name))
      return name
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
  throw new EngineError('StoreUnavailable', `No free short name is left in ${layout.links}.`)
}

/** Folders that programs write to, and that the runtime makes places for mounts in; parents first. */
const written = [
  'dev',
  'etc',
  'home',
  'mnt',
  'opt',
  'proc',
  'root',
  'run',
  'srv',
  'sys',
  'tmp',
  'var',
  'var/log',
  'var/run',
  'var/tmp',
]

/** As which the kernel shows owners that have no id in a user namespace (proc_sys_kernel(5), overflowuid). */
export const overflowId = 65_534

/**
 * Creates the standard folders again in a snapshot whose layers belong to the host's root: in an ordinary user's namespace their
 * owner has no id, and not even its root may write to such a folder.
 * @param folders of the layers, highest first.
 */
export function makeOwnFolders(upper: string, folders: readonly string[]): void {
  for (const path of written) {
    const found = topmost(folders, path)
    if (!found?.isDirectory() || found.uid !== overflowId) continue
    if (path.includes('/') && !lstatSync(join(upper, dirname(path)), { throwIfNoEntry: false })) continue
    mkdirSync(join(upper, path), { recursive: true })
    chmodSync(join(upper, path), found.mode & 0o7777)
  }
}

export const isForeign = ({ uid }: Pick<Stats, 'uid'>): boolean => uid === overflowId

/** What the layers show at a path; links are not followed. */
function topmost(folders: readonly string[], path: string): Stats | undefined {
  for (const folder of folders) {
    let at = folder
    let found: Stats | undefined
    for (const part of path.split('/')) {
      at = join(at, part)
      found = lstatSync(at, { throwIfNoEntry: false })
      if (!found?.isDirectory()) break
    }
    if (found) return found
  }
  return undefined
}
