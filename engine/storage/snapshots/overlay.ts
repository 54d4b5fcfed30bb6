import { closeSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { EngineError } from '../../errors/index.ts'
import { mount, mountFlags, pathOnly, umountFlags, unmountIfMounted, unmountLater } from '../../lib/sys/index.ts'

export interface OverlayMount {
  /** The store's root: everything else is relative to it. */
  root: string
  /** Highest first. May be empty. */
  lower: readonly string[]
  upper: string
  work: string
  merged: string
  readonly?: boolean
  volatile?: boolean
  userXattr: boolean
  /** Where the lower folders are looked up instead: the store once more, with other owners. */
  lowerRoot?: string
  selinuxLabel?: string
  /** Flags of mount(2) besides MS_NODEV, which every mount gets. */
  flags?: number | undefined
}

/**
 * Mounts an overlay (Documentation/filesystems/overlayfs.rst). Paths are given relative to the store, since mount(2) takes one page
 * of options and 128 absolute ones do not fit: the working directory is changed for the length of the call, which nothing else
 * in this thread can see.
 * @throws StoreUnavailable
 */
export function mountOverlay(options: OverlayMount): void {
  const { root, merged, readonly = false } = options
  // Seen from elsewhere, the writable folders are named by descriptors: their paths may be of any length and hold any sign.
  const opened: number[] = []
  const seen = (folder: string): string =>
    options.lowerRoot === undefined ? folder : `/proc/self/fd/${opened[opened.push(openSync(join(root, folder), pathOnly)) - 1]}`
  try {
    mountFrom(
      options,
      seen(options.upper),
      readonly ? '' : seen(options.work),
      options.lowerRoot === undefined ? merged : join(root, merged),
    )
  } finally {
    for (const fd of opened) closeSync(fd)
  }
}

function mountFrom(options: OverlayMount, upper: string, work: string, merged: string): void {
  const { root, readonly = false } = options
  const lower = readonly ? [upper, ...options.lower] : options.lower
  const parts = [`lowerdir=${(lower.length > (readonly ? 1 : 0) ? lower : [...lower, 'empty']).join(':')}`]
  if (!readonly) parts.push(`upperdir=${upper}`, `workdir=${work}`)
  if (options.volatile && !readonly) parts.push('volatile')
  if (options.userXattr) parts.push('userxattr')
  if (options.selinuxLabel) parts.push(`context="${options.selinuxLabel}"`)
  // After a crash of the host, overlay refuses a volatile upper folder until this mark is gone; what was in it is as it is.
  if (!readonly) rmSync(join(root, options.work, 'work', 'incompat'), { recursive: true, force: true })
  mkdirSync(join(root, options.merged), { recursive: true, mode: 0o700 })
  // Device nodes of an image stay closed, to us and to the container, whose own are on another mount.
  const flags = mountFlags.noDev | (readonly ? mountFlags.readOnly : 0) | (options.flags ?? 0)
  try {
    inFolder(options.lowerRoot ?? root, () => mount('overlay', merged, 'overlay', flags, parts.join(',')))
  } catch (error) {
    throw mountFailure(root, error)
  }
}

/** Whether something is mounted at `path`. */
export function isMountPoint(path: string): boolean {
  const own = statSync(path, { throwIfNoEntry: false })
  return own !== undefined && own.dev !== statSync(dirname(path)).dev
}

/** Idempotent. A mount that is still in use goes away once it no longer is. */
export function unmountOverlaySync(path: string): void {
  unmountIfMounted(path, umountFlags.detach | umountFlags.noFollow)
}

/** The same, while this thread goes on. */
export async function unmountOverlay(path: string): Promise<void> {
  await unmountLater(path, umountFlags.detach | umountFlags.noFollow)
}

function inFolder(folder: string, action: () => void): void {
  let before: string
  try {
    before = process.cwd()
  } catch {
    // The working directory was removed; there is nothing to go back to.
    before = '/'
  }
  process.chdir(folder)
  try {
    action()
  } finally {
    process.chdir(before)
  }
}

function mountFailure(root: string, error: unknown): EngineError {
  const { code } = error as NodeJS.ErrnoException
  const reason =
    code === 'EPERM'
      ? 'this process may not mount (as an ordinary user, start the engine through the berth command, which enters your user namespace)'
      : code === 'ENODEV'
        ? 'the kernel has no overlay file system (load the module "overlay")'
        : code === 'EINVAL'
          ? 'the kernel refused the options, which it does when the store is on a file system that overlay cannot use (NFS, or another overlay): a new store there can have the driver vfs'
          : (error as Error).message
  return new EngineError('StoreUnavailable', `The container's file system in ${root} could not be mounted: ${reason}.`, {
    details: { root },
    cause: error,
  })
}
