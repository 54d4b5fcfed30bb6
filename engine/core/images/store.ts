import { statSync } from 'node:fs'
import { join } from 'node:path'

import { EngineError } from '../../errors/index.ts'
import { type BlobStore, type Digest, openBlobStore, readPieces, readVerified } from '../../image/index.ts'
import { openPlain } from '../../lib/plain-file.ts'
import type { Context } from '../context.ts'
import { otherBlob } from './additional/attached.ts'

const opened = new WeakMap<Context, BlobStore>()

/** The store's blobs. What is only read may also be that of an additional store; what is asked for by `has` and `list` is our own. */
export function imageBlobs(context: Context): BlobStore {
  let blobs = opened.get(context)
  if (!blobs) {
    const own = openBlobStore(join(context.root, 'blobs'))
    blobs = context.additionalStores.length === 0 ? own : withOthers(context, own)
    opened.set(context, blobs)
  }
  return blobs
}

function withOthers(context: Context, own: BlobStore): BlobStore {
  const other = (digest: Digest): string | undefined => (own.has(digest) ? undefined : otherBlob(context, digest))
  return {
    ...own,
    path: (digest) => other(digest) ?? own.path(digest),
    size(digest) {
      const file = other(digest)
      return file === undefined ? own.size(digest) : statSync(file, { throwIfNoEntry: false })?.size
    },
    async read(digest, maxBytes) {
      const file = other(digest)
      if (file === undefined) return own.read(digest, maxBytes)
      return readVerified(file, digest, maxBytes)
    },
    async readKept(descriptor, maxBytes) {
      const file = other(descriptor.digest)
      // What another program may have written since is looked at again.
      return file === undefined ? own.readKept(descriptor, maxBytes) : readVerified(file, descriptor.digest, maxBytes)
    },
    stream(digest) {
      const file = other(digest)
      return file === undefined ? own.stream(digest) : readPieces(openPlain(file))
    },
  }
}

const patience = 250

/**
 * Runs `work` while layers and blobs may be added and must not be removed. Many may do so at once. Whoever needs an image to
 * stay between finding it and using it does so inside.
 */
export function whileKeeping<T>(context: Context, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  return context.lock('global', 'layers', work, { shared: true, ...(signal ? { signal } : {}) })
}

/**
 * Runs `work`, which removes layers and blobs, while nobody adds any.
 * @returns false when somebody does and goes on for longer than a moment: what is left over then goes with the next removal.
 */
export async function whileRemoving(context: Context, work: () => Promise<void>): Promise<boolean> {
  let began = false
  try {
    await context.lock(
      'global',
      'layers',
      () => {
        began = true
        return work()
      },
      { signal: AbortSignal.timeout(patience) },
    )
    return true
  } catch (error) {
    if (!began && EngineError.is(error, 'Cancelled')) return false
    throw error
  }
}
