import { resolve } from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { formatReference, type ImageSource, parseReference, qualify, toReference, withDefaultTag } from '../../../image/index.ts'
import type { ReadOnlyImage } from '../../../store/index.ts'
import { readStore } from '../additional/attach.ts'
import { setOtherStores } from '../additional/attached.ts'
import { otherSource } from '../additional/source.ts'
import type { Context } from '../../context.ts'

/**
 * An image of another store, named as skopeo does: `[DRIVER@FOLDER+RUN:OPTIONS]NAME`, `[FOLDER]NAME`, with `@ID` for a name. The
 * store is only read, and without its locks: what is removed from it meanwhile fails with a named error.
 * @throws ImageReferenceInvalid, ImageNotFound, StoreUnavailable, StoreCorrupt, NotSupported
 */
export async function openForeignStoreSource(context: Context, rest: string): Promise<ImageSource> {
  const { root, name } = parsePlace(rest)
  const store = await readStore(context, root)
  const { record, names } = find(store.images, name, root)
  // The functions that read additional stores go by context: this one has none but that store.
  const alone = Object.assign(Object.create(context) as Context, { additionalStores: [root] })
  setOtherStores(alone, [store])
  const source = await otherSource(alone, record)
  const full = names[0]
  return {
    name: `containers-storage:${rest}`,
    ...(full === undefined ? {} : { reference: toReference(full) }),
    ...source,
    close() {},
  }
}

function parsePlace(rest: string): { root: string; name: string } {
  const [, root, name] = /^\[(?:[a-z0-9]*@)?(\/[^\]+]*)(?:\+[^\]]*)?\](.+)$/.exec(rest) ?? []
  if (root !== undefined && name !== undefined) return { root: resolve(root), name }
  throw new EngineError('ImageReferenceInvalid', `The place containers-storage:${rest} is not [DRIVER@/FOLDER+/RUN]NAME.`, {
    details: { reference: rest },
  })
}

function find(images: readonly ReadOnlyImage[], name: string, root: string): ReadOnlyImage {
  const id = /@([0-9a-f]{64})$/.exec(name)?.[1]
  const wanted = id === undefined ? formatReference(withDefaultTag(qualify(parseReference(name), 'docker.io'))) : undefined
  const found = images.find(({ record, names }) => (wanted === undefined ? record.id === id : names.includes(wanted)))
  if (found) return found
  throw new EngineError('ImageNotFound', `${name}: image not known in the store ${root}`, { details: { name, root } })
}
