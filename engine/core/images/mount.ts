import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { EngineError } from '../../errors/index.ts'
import type { ChainId } from '../../image/index.ts'
import { writeFileAtomicSync } from '../../lib/files/atomic-file.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { requireUsable } from './additional/require-usable.ts'
import { findInstance } from '../manifests/instance.ts'
import { findImage } from './resolve/find.ts'
import { withSharedLock } from './store/image-store.ts'

/**
 * Mounts an image's file system, read-only. Mounts are counted: it stays until it was unmounted as often, or until it is removed or
 * the host restarts.
 */
export const mount: Verb<'image.mount'> = async (context, { name }) => {
  const { id } = findInstance(context, name).record
  return withSharedLock(context, () =>
    context.lock('image', id, async () => {
      // Not before the lock: it may have been removed meanwhile.
      const { facts } = findImage(context.database, id).record
      const layers = await context.layers()
      const count = layers.isMounted(id) ? mountCount(context, id) : 0
      const parent = facts.chain.at(-1) as ChainId | undefined
      await requireUsable(context, parent)
      let path: string
      try {
        if (count === 0) await layers.createSnapshot(id, parent ? { parent } : {})
        path = layers.mountSnapshot(id, { readonly: true })
        keepCount(context, id, count + 1)
      } catch (error) {
        if (count === 0) await dropMount(context, id)
        throw error
      }
      if (count === 0) context.emit({ type: 'image', status: 'mount', id, name: path })
      return { Id: id, Path: path }
    }),
  )
}

/** Counts are run state: after a restart of the host nothing is mounted. */
const folderOf = (context: Context): string => join(context.runRoot, 'image-mounts')

/** How many times the image is mounted. */
function mountCount(context: Context, id: string): number {
  try {
    return Number.parseInt(readFileSync(join(folderOf(context), id), 'utf8'), 10) || 0
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw error
  }
}

/** Ids of images that were mounted since the host started. */
export function countedMounts(context: Context): string[] {
  try {
    return readdirSync(folderOf(context)).filter((name) => /^[0-9a-f]{64}$/.test(name))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Decrements the mount count; at zero the file system is unmounted. Under the image's lock. @throws ImageNotMounted */
export async function releaseMount(context: Context, id: string, force: boolean): Promise<void> {
  const layers = await context.layers()
  const count = layers.isMounted(id) ? mountCount(context, id) : 0
  if (count === 0 && !force) {
    throw new EngineError('ImageNotMounted', `The image ${id.slice(0, 12)} is not mounted.`, { details: { id } })
  }
  if (count > 1 && !force) return keepCount(context, id, count - 1)
  await dropMount(context, id)
}

/** Unmounts an image, whatever its mount count; called before its layers are removed. Idempotent. */
export async function dropMount(context: Context, id: string): Promise<void> {
  const layers = await context.layers()
  await layers.removeSnapshot(id)
  rmSync(join(folderOf(context), id), { force: true })
  try {
    rmdirSync(folderOf(context))
  } catch {
    // Other images are mounted, or none ever was.
  }
}

function keepCount(context: Context, id: string, count: number): void {
  mkdirSync(folderOf(context), { recursive: true, mode: 0o700 })
  writeFileAtomicSync(join(folderOf(context), id), `${count}\n`)
}
