import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { showReadOnlyImages } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { setOtherStores } from './attached.ts'
import type { OtherStore } from './other-store.ts'

const signatures = new WeakMap<Context, string>()

/**
 * Attaches the images of additional stores, again whenever one of them changed. An unreadable store is skipped and logged: the
 * store itself still works.
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
  for (const warning of stores.flatMap(({ warnings }) => warnings)) context.log.info(warning)
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
  if (['overlay-images', 'vfs-images'].some((name) => existsSync(join(root, name))))
    return (await import('./containers-storage.ts')).readContainersStorage(root)
  throw new EngineError(
    'StoreUnavailable',
    `The additional image store ${root} is neither one of Berth nor one of podman with the driver overlay or vfs, or may not be read.`,
    { details: { root } },
  )
}

/** Changes whenever the store's images do. */
function stateOf(root: string): string {
  const files = [
    'state.db',
    'state.db-wal',
    'overlay-images/images.json',
    'overlay-layers/layers.json',
    'vfs-images/images.json',
    'vfs-layers/layers.json',
  ]
  return files
    .map((name) => {
      const found = statSync(join(root, name), { throwIfNoEntry: false })
      return found ? `${name} ${found.ino} ${found.size} ${found.mtimeMs}` : name
    })
    .join(' ')
}
