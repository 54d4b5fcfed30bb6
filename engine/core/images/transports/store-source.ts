import { EngineError } from '../../../errors/index.ts'
import { type Digest, type ImageSource, limits, toReference } from '../../../image/index.ts'
import type { Context } from '../../context.ts'
import { findImage } from '../resolve/find.ts'
import { imageBlobs, withSharedLock } from '../store/image-store.ts'
import type { Access } from './access.ts'
import { fileBytes } from './file-bytes.ts'

/**
 * An image of our own store, by name or id. It stays there until the source is closed.
 * @throws ImageNotFound, NameAmbiguous, NotSupported
 */
export async function openStoreSource(context: Context, rest: string, { signal }: Access): Promise<ImageSource> {
  if (isForeign(context, rest)) return (await import('./foreign-store-source.ts')).openForeignStoreSource(context, rest)
  const wanted = storeName(rest, context)
  const release = await keepImages(context, signal)
  try {
    const { record, name: fullName } = findImage(context.database, wanted)
    const blobs = imageBlobs(context)
    const { manifest } = record.facts
    const missing = (digest: Digest): EngineError =>
      new EngineError(
        'StoreCorrupt',
        `The blob ${digest} of the image ${wanted} is not in the store, as it is when blobs are not kept: pull the image again.`,
        { details: { name: wanted, digest } },
      )
    if (record.facts.store !== undefined) {
      const other = await (await import('../additional/source.ts')).otherSource(context, record)
      const reference = fullName === undefined ? {} : { reference: toReference(fullName) }
      return { name: `containers-storage:${wanted}`, ...reference, ...other, close: release }
    }
    return {
      name: `containers-storage:${wanted}`,
      ...(fullName === undefined ? {} : { reference: toReference(fullName) }),
      async manifest(digest = manifest.digest as Digest) {
        const mediaType = digest === manifest.digest ? manifest.mediaType : ''
        if (blobs.has(digest)) return { bytes: await blobs.read(digest, limits.manifestBytes), digest, mediaType }
        if (digest === manifest.digest) throw missing(digest)
        throw new EngineError(
          'ImageUnknown',
          `The image ${digest} is listed in ${wanted} and is not in the store: only the image for this platform was pulled.`,
          { details: { name: wanted, digest } },
        )
      },
      blob({ digest }, offset = 0) {
        if (!blobs.has(digest)) throw missing(digest)
        return fileBytes(blobs.path(digest), offset, `The blob ${digest} of the image ${wanted}`)
      },
      kept: true,
      file: ({ digest }) => (blobs.has(digest) ? blobs.path(digest) : undefined),
      close: release,
    }
  } catch (error) {
    await release()
    throw error
  }
}

/** Whether `[DRIVER@FOLDER+RUN]NAME` names another store than ours. */
const isForeign = (context: Context, rest: string): boolean => rest.startsWith('[') && rootOf(rest) !== context.root

const rootOf = (rest: string): string | undefined => /^\[(?:[a-z0-9]*@)?(\/[^\]+]*)(?:\+[^\]]*)?\]/.exec(rest)?.[1]

/** What follows `containers-storage:`, without a store of another program. @throws NotSupported */
export function storeName(rest: string, context?: Context): string {
  if (!rest.startsWith('[')) return rest
  if (rootOf(rest) === context?.root) return rest.slice(rest.indexOf(']') + 1)
  throw new EngineError(
    'NotSupported',
    `Only Berth's own store is written to: leave out ${rest.slice(0, rest.indexOf(']') + 1)}.`,
  )
}

/** Holds the lock of {@link withSharedLock} until the returned function is called, which is idempotent. */
async function keepImages(context: Context, signal: AbortSignal | undefined): Promise<() => Promise<void>> {
  const begun = Promise.withResolvers<void>()
  const over = Promise.withResolvers<void>()
  const holding = withSharedLock(
    context,
    () => {
      begun.resolve()
      return over.promise
    },
    signal,
  )
  await Promise.race([begun.promise, holding])
  return async () => {
    over.resolve()
    await holding
  }
}
