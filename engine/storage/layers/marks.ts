import { closeSync, constants, futimesSync, lstatSync, openSync, type Stats } from 'node:fs'

import { fileTypes, lgetxattr, lsetxattr, mknod } from '../../lib/sys/index.ts'
import { type BinaryPath, toFile } from '../paths.ts'

/**
 * How a layer's folder says what it removes from the layers below. `trusted` and `user` are overlay's marks: a character device
 * 0:0 for a removed name, and an attribute for a folder that hides those below (Documentation/filesystems/overlayfs.rst).
 * `files` are those of layer archives, empty files `.wh.NAME` and `.wh..wh..opq` (OCI image-spec, layer.md): any file system can
 * hold them, also an overlay of a container around, which refuses 0:0 devices.
 */
export type Marks = 'trusted' | 'user' | 'files'

export const whiteoutPrefix = '.wh.'
export const opaqueName = '.wh..wh..opq'

/** Overlay's mark for a removed name. */
export function isWhiteout(found: Pick<Stats, 'isCharacterDevice' | 'rdev'>): boolean {
  return found.isCharacterDevice() && found.rdev === 0
}

/** Marks `name` in the folder as removed from the layers below. The folder is the layer's own; nothing has that name there. */
export function markRemoved(folder: BinaryPath, name: BinaryPath, marks: Marks): void {
  if (marks === 'files') makeMark(`${folder}/${whiteoutPrefix}${name}`)
  else mknod(toFile(`${folder}/${name}`), fileTypes.character, 0, 0)
}

/** Marks a folder as hiding the same folder of the layers below. Idempotent. */
export function markOpaque(folder: BinaryPath, marks: Marks): void {
  if (marks === 'files') makeMark(`${folder}/${opaqueName}`)
  else lsetxattr(toFile(folder), marks === 'user' ? 'user.overlay.opaque' : 'trusted.overlay.opaque', 'y')
}

/** Whether a folder hides the same folder of the layers below, by any of the marks. */
export function isOpaque(folder: BinaryPath): boolean {
  if (lstatSync(toFile(`${folder}/${opaqueName}`), { throwIfNoEntry: false })) return true
  return ['trusted.overlay.opaque', 'user.overlay.opaque'].some((name) => {
    try {
      return lgetxattr(toFile(folder), name)?.toString() === 'y'
    } catch {
      return false // a file system without attributes, or one that may not be read
    }
  })
}

/** Always of the same time, so that a layer that is unpacked again is the same. */
function makeMark(path: BinaryPath): void {
  const fd = openSync(toFile(path), constants.O_CREAT | constants.O_WRONLY | constants.O_NOFOLLOW, 0o600)
  try {
    futimesSync(fd, 0, 0)
  } finally {
    closeSync(fd)
  }
}
