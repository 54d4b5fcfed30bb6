import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { type BlobStore, type Digest, openBlobStore, readPieces, readVerified } from '../../../image/index.ts'
import { openPlain } from '../../../lib/files/plain-file.ts'
import type { Context } from '../../context.ts'
import { otherBlob } from '../additional/attached.ts'

const opened = new WeakMap<Context, BlobStore>()

/** The store's blobs. Reads also find blobs of additional stores; `has` and `list` cover only our own. */
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
    async readStored(descriptor, maxBytes) {
      const file = other(descriptor.digest)
      // Another program may have changed it: it is verified again.
      return file === undefined ? own.readStored(descriptor, maxBytes) : readVerified(file, descriptor.digest, maxBytes)
    },
    stream(digest) {
      const file = other(digest)
      return file === undefined ? own.stream(digest) : readPieces(openPlain(file))
    },
  }
}

/** Milliseconds. The short one only checks whether this process is the last one. */
const removeTimeout = 250
const briefTimeout = 20

/**
 * Runs `work` with the shared lock of layers and blobs: they may be added and are not removed. A caller that needs an image to stay
 * between finding and using it does both inside.
 */
export async function withSharedLock<T>(context: Context, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await context.lock('global', 'layers', work, { shared: true, ...(signal ? { signal } : {}) })
  } finally {
    if (existsSync(pendingRemovalFile(context))) await removePending(context)
  }
}

/** Exists when a removal was due while the shared lock was held: the last holder then does it. */
function pendingRemovalFile(context: Context): string {
  return join(context.runRoot, 'removal-due')
}

async function removePending(context: Context): Promise<void> {
  try {
    await context.effects.collect()
  } catch (error) {
    context.log.warn('unused layers and blobs are left for the next removal', { reason: (error as Error).message })
  }
}

/**
 * Runs `work`, which removes layers and blobs, with their exclusive lock.
 * @returns false after a short timeout: the last holder of the shared lock then removes what is due.
 */
export async function withExclusiveLock(context: Context, work: () => Promise<void>): Promise<boolean> {
  const mark = pendingRemovalFile(context)
  const begun = async (): Promise<void> => {
    // Before the work: a mark that others set meanwhile is for the next removal.
    rmSync(mark, { force: true })
    await work()
  }
  if (await tryExclusiveLock(context, begun, existsSync(mark) ? briefTimeout : removeTimeout)) return true
  writeFileSync(mark, '', { mode: 0o600 })
  context.log.info('layers and blobs are in use by other processes, the last of which removes unused ones')
  // The last holder may have finished before the mark was set.
  return await tryExclusiveLock(context, begun, briefTimeout)
}

/** @returns false when others hold the lock for longer than `timeout` milliseconds. */
async function tryExclusiveLock(context: Context, work: () => Promise<void>, timeout: number): Promise<boolean> {
  let began = false
  try {
    await context.lock(
      'global',
      'layers',
      () => {
        began = true
        return work()
      },
      { signal: AbortSignal.timeout(timeout) },
    )
    return true
  } catch (error) {
    if (!began && EngineError.is(error, 'Cancelled')) return false
    throw error
  }
}
