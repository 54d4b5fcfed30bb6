import { closeSync, constants, openSync } from 'node:fs'

import type { CallOptions } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { isAlive } from '../../../lib/process/process.ts'
import { pathOnly } from '../../../lib/sys/index.ts'
import { type BytePath, lookUp, toBytePath, type TreeView } from '../../../lib/tree/index.ts'
import { containerById, containerNotFound, type ContainerMount, type ContainerRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { isLive } from '../lifecycle/transitions.ts'
import { openRootfs } from '../mounts/open-rootfs.ts'
import { locate } from '../records/locate.ts'

/** A container's files as its processes see them. The caller closes it. */
export interface ContainerTree extends TreeView {
  readonly record: ContainerRecord
  /** Idempotent. */
  close(): void
}

/**
 * Opens a container's files for reading. Of one that has processes they are those that the processes see; of one that has none, its
 * root file system with its volumes and bind mounts. It may start, stop or be removed meanwhile: what was opened stays.
 */
export async function openTree(context: Context, name: string, { signal }: CallOptions): Promise<ContainerTree> {
  const found = await locate(context, name)
  const live = openLiveTree(found)
  if (live) return live
  return context.lock('container', found.id, () => openIdleTree(context, found.id, true), signal ? { signal } : {})
}

/** Opens a container's files for writing. One that has no processes does not start before `work` has ended. */
export async function withTree<T>(
  context: Context,
  name: string,
  { signal }: CallOptions,
  work: (tree: ContainerTree) => Promise<T>,
): Promise<T> {
  const use = async (tree: ContainerTree): Promise<T> => {
    try {
      return await work(tree)
    } finally {
      tree.close()
    }
  }
  const found = await locate(context, name)
  const live = openLiveTree(found)
  if (live) return use(live)
  return context.lock(
    'container',
    found.id,
    async () => use(await openIdleTree(context, found.id, false)),
    signal ? { signal } : {},
  )
}

/** The tree of a container's first process; `undefined` where there is none. */
function openLiveTree(record: ContainerRecord): ContainerTree | undefined {
  const { status, pid, pidStart } = record.state
  if ((!isLive(record) && status !== 'initialized') || pid <= 0) return undefined
  let root: number
  try {
    root = openSync(`/proc/${pid}/root`, pathOnly | constants.O_DIRECTORY)
  } catch {
    return undefined
  }
  // Otherwise it could be another process's: the kernel uses numbers again.
  if (isAlive(pid, pidStart)) return { root, over: new Map(), record, close: once(() => closeSync(root)) }
  closeSync(root)
  return undefined
}

/** Under the container's lock. A mount that is used through a descriptor lasts until it is closed, even if it is unmounted. */
async function openIdleTree(context: Context, id: string, readonly: boolean): Promise<ContainerTree> {
  const record = containerById(context.database, id)
  if (!record) throw containerNotFound(id)
  // It was started before the lock was taken.
  const live = openLiveTree(record)
  if (live) return live
  const root = await openRootfs(context, record, { readonly })
  const over = new Map<BytePath, number>()
  const close = once(() => {
    for (const fd of [root, ...over.values()]) closeSync(fd)
  })
  try {
    if (record.config.mounts.some(isShown)) await openMounts(context, record, { root, over })
    return { root, over, record, close }
  } catch (error) {
    close()
    throw error
  }
}

/** Volumes and host folders: what is made for a run alone (memory, devices) is empty until then. */
const isShown = ({ type }: ContainerMount): boolean => type === 'bind'

async function openMounts(
  context: Context,
  record: ContainerRecord,
  { root, over }: { root: number; over: Map<BytePath, number> },
): Promise<void> {
  const { openSource } = await import('../mounts/open-source.ts')
  const shown = [...record.config.mounts.entries()].filter(([, mount]) => isShown(mount))
  for (const [index, mount] of shown.toSorted(([, a], [, b]) => (a.destination < b.destination ? -1 : 1))) {
    let source: number
    try {
      source = openSource(mount)
    } catch (error) {
      // It would fail to start; its other files can be reached all the same.
      if (EngineError.is(error, 'MountSourceNotFound')) continue
      throw error
    }
    over.set(
      placeOf({ root, over }, mount.destination),
      mount.overlay ? await openOverlay(context, record, index, source) : source,
    )
  }
}

/** Where a mount comes to lie: links of the image are followed, as the runtime does. */
function placeOf(view: TreeView, destination: string): BytePath {
  const path = toBytePath(destination)
  try {
    const place = lookUp(view, path)
    place.close()
    return place.path
  } catch {
    return `/${path.split('/').filter(Boolean).join('/')}`
  }
}

/** An overlay whose upper folder is the container's own, mounted for as long as it is open. Closes `lower`. */
async function openOverlay(context: Context, { id, config }: ContainerRecord, index: number, lower: number): Promise<number> {
  const { mountOverlayFor, freeMounts } = await import('../mounts/prepare.ts')
  try {
    return openSync(
      mountOverlayFor(context, { id, mount: config.mounts[index]!, index, lower }),
      pathOnly | constants.O_DIRECTORY,
    )
  } finally {
    closeSync(lower)
    freeMounts(context, id)
  }
}

function once(work: () => void): () => void {
  let done = false
  return () => {
    if (!done) work()
    done = true
  }
}
