import { join } from 'node:path'

import { EngineError } from '../../errors/index.ts'
import { type BlobStore, openBlobStore } from '../../image/index.ts'
import type { Context } from '../context.ts'

const opened = new WeakMap<Context, BlobStore>()

/** The store's blobs. */
export function imageBlobs(context: Context): BlobStore {
  let blobs = opened.get(context)
  if (!blobs) {
    blobs = openBlobStore(join(context.root, 'blobs'))
    opened.set(context, blobs)
  }
  return blobs
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
