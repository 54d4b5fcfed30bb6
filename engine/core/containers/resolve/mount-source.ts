import { realpathSync, type Stats, statSync } from 'node:fs'
import path from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { badValue } from '../../../spec/bad-value.ts'
import { checkSource } from '../../../spec/mount.ts'

/** @throws EngineError `InvalidArgument` for a source that is relative or not there, with podman's message. */
export function existing(source: string): { path: string; found: Stats } {
  checkSource(source)
  try {
    return { path: path.normalize(source), found: statSync(source) }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    // What people meet: the page has its own sentences for these.
    if (code === 'ENOENT') throw badValue('statfs {source}: no such file or directory', { source })
    if (code === 'EACCES') throw badValue('statfs {source}: permission denied', { source })
    throw new EngineError('InvalidArgument', `statfs ${source}: ${reasonOf(cause)}`, { details: { source }, cause })
  }
}

/** @throws EngineError `InvalidArgument` unless it is a folder that is there. */
export function existingFolder(source: string): string {
  const { path: folder, found } = existing(source)
  if (!found.isDirectory())
    throw new EngineError(
      'InvalidArgument',
      `${source} is not a directory, and an overlay needs one: mount it without option O.`,
      {
        details: { source },
      },
    )
  return folder
}

function reasonOf(cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException
  const reasons: Record<string, string> = {
    ENOTDIR: 'not a directory',
    ELOOP: 'too many levels of symbolic links',
  }
  return reasons[code ?? ''] ?? (cause as Error).message
}

/** The system's own places, whose owner no container may change; those that podman has. */
const system = new Set(
  [
    '/ /bin /boot /dev /etc /etc/passwd /etc/pki /etc/shadow /home /lib /lib64 /media /opt /proc /root /run /sbin /srv /sys /tmp /usr',
    '/var /var/lib /var/log',
  ].flatMap((line) => line.split(' ')),
)

/**
 * Where `source` leads, with all links resolved, if it may be given to a container's user (option U).
 *
 * @throws EngineError `AccessDenied` for the system's own places and the caller's home, with podman's message.
 */
export function ownable(source: string, home = process.env['HOME']): string {
  const actual = realpathSync(source)
  refuseSystem(source, [path.normalize(source), actual], home)
  return actual
}

function refuseSystem(source: string, places: readonly string[], home: string | undefined): void {
  if (!places.some((place) => system.has(place) || (home !== undefined && home !== '' && place === path.normalize(home)))) return
  throw new EngineError(
    'AccessDenied',
    `chowning host path ${JSON.stringify(source)} is not allowed. You can manually chown it, and leave out option U.`,
    {
      details: { source },
    },
  )
}
