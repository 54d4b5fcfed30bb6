import { constants } from 'node:os'
import { bind, check, cPath, lastErrno, type PathLike, systemError } from './libc.ts'

/** The kernel's bounds, linux/limits.h: one value, and a list of names. */
const valueLimit = 65536

const scratch = Buffer.alloc(valueLimit)

/**
 * The value of an extended attribute of `path` itself, never of a link's target.
 *
 * @returns `null` if there is no such attribute, or the file system has none.
 */
export function lgetxattr(path: PathLike, name: string): Buffer | null {
  const call = bind('lgetxattr', 'long', ['const char *', 'const char *', 'void *', 'size_t'])
  const size = call(cPath(path), cPath(name), scratch, valueLimit)
  if (size >= 0) return Buffer.from(scratch.subarray(0, size))
  const errno = lastErrno()
  if (errno === constants.errno.ENODATA || errno === constants.errno.EOPNOTSUPP) return null
  throw systemError('lgetxattr', path, errno)
}

/** Sets an extended attribute of `path` itself. @throws an errno error: `EPERM`, `EOPNOTSUPP`, `ENOSPC`… */
export function lsetxattr(path: PathLike, name: string, value: Buffer | string, flags = 0): void {
  const call = bind('lsetxattr', 'int', ['const char *', 'const char *', 'const void *', 'size_t', 'int'])
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  check('lsetxattr', path, call(cPath(path), cPath(name), bytes, bytes.length, flags))
}

/** The names of all extended attributes of `path` itself; empty where the file system has none. */
export function llistxattr(path: PathLike): string[] {
  const call = bind('llistxattr', 'long', ['const char *', 'void *', 'size_t'])
  const size = call(cPath(path), scratch, valueLimit)
  if (size < 0) {
    const errno = lastErrno()
    if (errno === constants.errno.EOPNOTSUPP) return []
    throw systemError('llistxattr', path, errno)
  }
  return scratch.toString('utf8', 0, size).split('\0').filter(Boolean)
}

/** Removes an extended attribute of `path` itself; success also if it is missing. */
export function lremovexattr(path: PathLike, name: string): void {
  const call = bind('lremovexattr', 'int', ['const char *', 'const char *'])
  if (call(cPath(path), cPath(name)) === 0) return
  const errno = lastErrno()
  if (errno !== constants.errno.ENODATA) throw systemError('lremovexattr', path, errno)
}
