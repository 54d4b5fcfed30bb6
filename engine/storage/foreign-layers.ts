import { lstatSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

import { EngineError } from '../errors/index.ts'
import { type Layout, randomLetters } from './layout.ts'

/** Finds the folders of a layer that is in an additional store and of all below it, highest first; nothing when it is in none. */
export type ForeignLayers = (chainId: string) => readonly string[] | undefined

/**
 * The short name of a folder outside the store, made when there is none. It goes with the sweep once no container needs it.
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
