import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmdirSync,
  unlinkSync,
} from 'node:fs'
import path from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { chownTree } from '../../../lib/files/chown-tree.ts'
import { mount as mountAt, mountFlags, pathOnly, umountFlags, unmountIfMounted } from '../../../lib/sys/index.ts'
import type { ContainerMount, ContainerRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { containerPaths } from '../../paths.ts'
import type { ContainerUser } from '../spec/user.ts'
import { openSource } from './open-source.ts'
import { mountOwnOverlay } from './overlay.ts'
import { isPrepared } from './runtime-source.ts'

/**
 * Mounts below the run root what a container is to see, and changes its owner to the container's user where requested. {@link
 * freeMounts} undoes it, also after a failure or a crash in the middle.
 */
export async function prepareMounts(
  context: Context,
  { id, config }: ContainerRecord,
  user: ContainerUser,
  signal?: AbortSignal,
): Promise<void> {
  const { mounts } = containerPaths(context, id)
  for (const [index, mount] of config.mounts.entries()) {
    if (!isPrepared(mount)) continue
    const target = path.join(mounts, String(index))
    const fd = openSource(mount)
    try {
      if (mount.overlay) {
        mountOverlayFor(context, { id, mount, index, lower: fd })
        if (mount.chown) await chownOverlay(target, mount, user, signal)
      } else {
        if (mount.chown) await chownSource(fd, mount, user, signal)
        makeTarget(target, fstatSync(fd).isDirectory())
        bindDescriptor(fd, target, mount.options)
      }
    } finally {
      closeSync(fd)
    }
  }
}

/** Mounts a container's own overlay over an open folder, below the run root. @returns where. */
export function mountOverlayFor(
  context: Pick<Context, 'root' | 'runRoot' | 'identity'>,
  { id, mount, index, lower }: { id: string; mount: ContainerMount; index: number; lower: number },
): string {
  const { mounts, folder } = containerPaths(context, id)
  const target = path.join(mounts, String(index))
  makeTarget(target, true)
  const own = path.join(folder, 'overlays', String(index))
  mountOwnOverlay({ lower, own, mount, target, userXattr: context.identity.inUserNamespace })
  return target
}

function makeTarget(target: string, isFolder: boolean): void {
  if (isFolder) mkdirSync(target, { recursive: true, mode: 0o700 })
  else {
    mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 })
    closeSync(openSync(target, constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW, 0o600))
  }
}

/** The link in /proc leads to the open folder or file, whatever has its name now. */
function bindDescriptor(fd: number, target: string, options: readonly string[]): void {
  mountAt(`/proc/self/fd/${fd}`, target, null, mountFlags.bind | mountFlags.recursive)
  // As a peer of its source, unmounting it would unmount what is below the source.
  const follows = options.includes('slave') || options.includes('rslave')
  mountAt('', target, null, mountFlags.recursive | (follows ? mountFlags.slave : mountFlags.private))
}

async function chownOverlay(target: string, mount: ContainerMount, user: ContainerUser, signal?: AbortSignal): Promise<void> {
  const merged = openSync(target, pathOnly | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  try {
    await chownSource(merged, mount, user, signal)
  } finally {
    closeSync(merged)
  }
}

async function chownSource(fd: number, mount: ContainerMount, user: ContainerUser, signal?: AbortSignal): Promise<void> {
  try {
    await chownTree(fd, user, signal)
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw new EngineError(
      'AccessDenied',
      `The owner of ${mount.volume ?? mount.source} could not become ${user.uid}:${user.gid} (option U of ${mount.destination}): ${(cause as Error).message}.`,
      { details: { source: mount.source, destination: mount.destination }, cause },
    )
  }
}

/** Undoes {@link prepareMounts}. Idempotent. Nothing is removed recursively: what could not be unmounted is user data. */
export function freeMounts(context: { root: string; runRoot: string }, id: string): void {
  const { mounts } = containerPaths(context, id)
  if (!existsSync(mounts)) return
  for (const name of readdirSync(mounts)) {
    const target = path.join(mounts, name)
    makePrivate(target)
    while (unmountIfMounted(target, umountFlags.detach | umountFlags.noFollow));
    if (lstatSync(target).isDirectory()) rmdirSync(target)
    else unlinkSync(target)
  }
  rmdirSync(mounts)
}

/** A process may have been killed before that. */
function makePrivate(target: string): void {
  try {
    mountAt('', target, null, mountFlags.recursive | mountFlags.private)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error
  }
}
