import { chmodSync, lchownSync } from 'node:fs'

import { lsetxattr, utimensat } from '../../lib/sys/index.ts'
import type { TarHeader } from '../../lib/tar/index.ts'
import { idUnmapped, layerInvalid } from '../failures.ts'
import type { Marks } from './marks.ts'
import { type BinaryPath, toFile } from '../paths.ts'

export interface AttributeOptions {
  /** Whether this is a user namespace, where devices cannot be made and some attributes not set. */
  rootless: boolean
  /** How removals are marked; `user` where overlay is mounted with `userxattr`. */
  marks: Marks
  /** Who owns what this process makes. */
  owner: { uid: number; gid: number }
}

/**
 * Owner, mode and extended attributes of a node, in the order that keeps setuid and capabilities. For files whose owner and mode
 * were set by descriptor only the attributes are left.
 */
export function setAttributes(path: BinaryPath, header: TarHeader, options: AttributeOptions, ownerAndMode = false): void {
  if (ownerAndMode) {
    const { owner } = options
    if (header.uid !== owner.uid || header.gid !== owner.gid)
      setOwner(header, () => lchownSync(toFile(path), header.uid, header.gid))
    if (header.type !== 'symlink' && header.type !== 'directory') chmodSync(toFile(path), header.mode)
  }
  for (const [name, value] of header.xattrs ?? []) {
    // A layer must not steer overlay: its redirects could show files of the host. Labels belong to the host's policy.
    if (name.startsWith('trusted.overlay.') || name.startsWith('user.overlay.') || name === 'security.selinux') continue
    try {
      lsetxattr(toFile(path), name, Buffer.from(value))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // As podman: a file system without attributes, and attributes a user may not set, are no failure.
      if (code === 'EOPNOTSUPP' || (code === 'EPERM' && (options.rootless || header.type === 'symlink'))) continue
      if (code === 'E2BIG' || code === 'ERANGE' || code === 'EINVAL')
        throw layerInvalid(
          `its file ${shown(header)} has an extended attribute ${JSON.stringify(name.slice(0, 200))} that cannot be`,
        )
      throw error
    }
  }
}

const shown = ({ path }: TarHeader): string => JSON.stringify(path.slice(0, 200))

/** Runs `change`, explaining an owner that has no id in this user namespace. @throws SubidMissing */
export function setOwner(header: TarHeader, change: () => void): void {
  try {
    change()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EINVAL') throw idUnmapped(header.uid, header.gid, error)
    throw error
  }
}

/** Whether Node's own calls, which take seconds, keep the member's time exactly. */
export function wholeSeconds(header: TarHeader): boolean {
  return header.mtime % 1_000_000_000n === 0n && header.atime === undefined && header.mtime >= 0n
}

export function setTimes(path: BinaryPath, header: TarHeader): void {
  utimensat(toFile(path), header.atime ?? header.mtime, header.mtime)
}
