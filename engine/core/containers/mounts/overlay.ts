import { chmodSync, chownSync, closeSync, existsSync, fstatSync, mkdirSync, type Stats } from 'node:fs'
import path from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { mount as mountAt } from '../../../lib/sys/index.ts'
import type { ContainerMount } from '../../../store/index.ts'
import { openPath } from './open-source.ts'

/** The owner the kernel shows for files whose owner is not mapped in this user namespace. */
const overflowId = 65_534

export interface OwnOverlay {
  /** A descriptor of the lower folder. */
  lower: number
  /** Where upper and work folder are kept for as long as the container exists. */
  own: string
  mount: ContainerMount
  target: string
  userXattr: boolean
}

/**
 * Mounts an overlay whose upper folder is the container's own. Folders are named by descriptors: their paths may be of any length,
 * may contain option separators, and cannot be redirected.
 *
 * @throws EngineError `InvalidArgument`, `MountSourceNotFound`, `StoreUnavailable`.
 */
export function mountOwnOverlay({ lower, own, mount, target, userXattr }: OwnOverlay): void {
  const { overlay = {}, source, destination } = mount
  const found = fstatSync(lower)
  if (!found.isDirectory())
    throw new EngineError(
      'InvalidArgument',
      `${mount.subpath ?? source} is not a directory, and an overlay needs one: mount it without option O.`,
      {
        details: { source },
      },
    )
  const [ownUpper, ownWork] = [path.join(own, 'upper'), path.join(own, 'work')]
  // The work folder comes last, so that its existence marks a complete upper folder.
  const isNew = !existsSync(ownWork)
  if (overlay.upper === undefined) mkdirSync(ownUpper, { recursive: true, mode: 0o700 })
  const opened: number[] = []
  try {
    const open = (folder: string) => opened[opened.push(openPath(folder)) - 1] as number
    const upper = open(overlay.upper ?? ownUpper)
    // The upper folder is what the container sees as the mount's root; what it changed there in an earlier run stays.
    if (isNew || overlay.upper !== undefined) lookLike(upper, found)
    if (overlay.work === undefined) mkdirSync(ownWork, { recursive: true, mode: 0o700 })
    const work = open(overlay.work ?? ownWork)
    const folders = [`lowerdir=${byDescriptor(lower)}`, `upperdir=${byDescriptor(upper)}`, `workdir=${byDescriptor(work)}`]
    mountAt('overlay', target, 'overlay', 0, [...folders, ...(userXattr ? ['userxattr'] : [])].join(','))
  } catch (cause) {
    throw EngineError.is(cause, 'MountSourceNotFound')
      ? cause
      : mountFailure(source, destination, overlay.upper !== undefined, cause)
  } finally {
    for (const fd of opened) closeSync(fd)
  }
}

const byDescriptor = (fd: number): string => `/proc/self/fd/${fd}`

function lookLike(folder: number, { mode, uid, gid }: Stats): void {
  chmodSync(byDescriptor(folder), mode & 0o7777)
  if (uid !== overflowId && gid !== overflowId) chownSync(byDescriptor(folder), uid, gid)
}

function mountFailure(source: string, destination: string, given: boolean, cause: unknown): EngineError {
  const { code } = cause as NodeJS.ErrnoException
  const reasons: Record<string, string> = {
    EINVAL: given
      ? 'upperdir and workdir must be different folders of one local file system, neither of them inside the other'
      : 'the store is on a file system that overlay cannot use',
    EBUSY: 'upperdir or workdir is in use by another overlay',
    ENODEV: 'the kernel has no overlay file system (load the module "overlay")',
    EPERM: 'this process may not mount it',
  }
  const reason = reasons[code ?? ''] ?? (cause as Error).message
  return new EngineError(
    given ? 'InvalidArgument' : 'StoreUnavailable',
    `mounting overlay failed ${JSON.stringify(source)} (on ${destination}): ${reason}`,
    {
      details: { source, destination },
      cause,
    },
  )
}
