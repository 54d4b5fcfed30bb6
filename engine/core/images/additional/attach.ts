import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { showReadOnlyImages } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { setOtherStores } from './attached.ts'
import type { OtherStore } from './other-store.ts'

const signatures = new WeakMap<Context, string>()

/**
 * Makes the images of additional stores known, again whenever one of them changed. A store that cannot be read is left out and
 * told in the log: what is in the store itself works all the same.
 */
export async function attachOtherStores(context: Context): Promise<void> {
  const signature = context.additionalStores.map(stateOf).join('\n')
  if (signatures.get(context) === signature) return
  const stores: OtherStore[] = []
  for (const root of context.additionalStores) {
    try {
      stores.push(await readStore(context, root))
    } catch (error) {
      context.log.warn(EngineError.from(error).message)
    }
  }
  for (const note of stores.flatMap(({ notes }) => notes)) context.log.info(note)
  setOtherStores(context, stores)
  showReadOnlyImages(
    context.database,
    stores.flatMap(({ images }) => images),
  )
  signatures.set(context, signature)
}

/** Reads a store that is only read. @throws InvalidArgument, StoreUnavailable, StoreCorrupt */
export async function readStore(context: Context, root: string): Promise<OtherStore> {
  if (root === context.root)
    throw new EngineError('InvalidArgument', `The additional image store ${root} is the store itself: leave it out.`)
  if (existsSync(join(root, 'state.db'))) return (await import('./berth-store.ts')).readBerthStore(root)
  if (existsSync(join(root, 'overlay-images'))) return (await import('./containers-storage.ts')).readContainersStorage(root)
  throw new EngineError(
    'StoreUnavailable',
    `The additional image store ${root} is neither one of Berth nor one of podman with the overlay driver, or may not be read.`,
    { details: { root } },
  )
}

/** Changes whenever the store's images do. */
function stateOf(root: string): string {
  const files = ['state.db', 'state.db-wal', 'overlay-images/images.json', 'overlay-layers/layers.json']
  return files
    .map((name) => {
      const found = statSync(join(root, name), { throwIfNoEntry: false })
      return found ? `${name} ${found.ino} ${found.size} ${found.mtimeMs}` : name
    })
    .join(' ')
}
