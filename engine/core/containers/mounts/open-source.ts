import { closeSync, constants, openSync, readlinkSync } from 'node:fs'

import { EngineError } from '../../../errors/index.ts'
import { openInRoot, pathOnly, resolveFlags } from '../../../lib/sys/index.ts'
import type { ContainerMount } from '../../../store/index.ts'

/** Attempts to look up a path that is being renamed (EAGAIN of openat2(2)). */
const attempts = 100

/**
 * Opens what a mount shows: a descriptor stays on that folder or file, even if it is replaced.
 *
 * @returns a descriptor (O_PATH) that the caller closes.
 * @throws EngineError `MountSourceNotFound`, `InvalidArgument` for a subpath that leads out of its volume, `AccessDenied` for a
 *   source whose owner may not change.
 */
export function openSource(mount: ContainerMount): number {
  if (mount.kind === 'volume') return openInVolume(mount)
  const fd = openPath(mount.source)
  try {
    if (mount.actual !== undefined) requireSame(mount.source, mount.actual, readlinkSync(`/proc/self/fd/${fd}`))
    return fd
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/** Opens a path of the host's, following links. @throws EngineError `MountSourceNotFound` */
export function openPath(source: string): number {
  try {
    return openSync(source, pathOnly)
  } catch (cause) {
    throw notFound(source, cause)
  }
}

/**
 * The part of a volume that is shown: resolved in one step by the kernel, which lets no link and no `..` lead out of the volume.
 */
function openInVolume({ source, subpath, volume }: ContainerMount): number {
  let root: number
  try {
    // The engine's own folder: no container can replace it.
    root = openSync(source, pathOnly | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  } catch (cause) {
    throw notFound(source, cause)
  }
  if (subpath === undefined) return root
  try {
    return openBeneath(root, subpath)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const details = { volume: volume ?? '', subpath }
    if (code === 'EXDEV')
      throw new EngineError(
        'InvalidArgument',
        `subpath ${JSON.stringify(subpath)} is outside of the volume ${JSON.stringify(source)}`,
        {
          details,
          cause,
        },
      )
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new EngineError(
        'MountSourceNotFound',
        `subpath ${JSON.stringify(subpath)} of the volume ${JSON.stringify(volume)}: no such file or directory`,
        { details, cause },
      )
    throw cause
  } finally {
    closeSync(root)
  }
}

function openBeneath(root: number, subpath: string): number {
  const place = subpath.replace(/^\/+/, '') || '.'
  for (let attempt = 1; ; attempt += 1) {
    try {
      return openInRoot(root, place, pathOnly, 0, resolveFlags.beneath | resolveFlags.noMagicLinks)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || attempt === attempts) throw error
    }
  }
}

/** Since creation, when the path was checked, a link on it may have been redirected to a system path. */
function requireSame(source: string, before: string, now: string): void {
  if (now === before) return
  throw new EngineError(
    'AccessDenied',
    `${source} led to ${before} when the container was created and leads to ${now} now, whose owner stays: create the container again.`,
    { details: { source } },
  )
}

function notFound(source: string, cause: unknown): EngineError {
  const { code } = cause as NodeJS.ErrnoException
  const reason =
    code === 'ENOENT' ? 'no such file or directory' : code === 'ENOTDIR' ? 'not a directory' : (cause as Error).message
  return new EngineError('MountSourceNotFound', `statfs ${source}: ${reason}`, { details: { source }, cause })
}
