import { constants, openSync } from 'node:fs'

import { bind } from './libc.ts'

const currentFolder = -100 // AT_FDCWD
const followLinks = 0x400 // AT_SYMLINK_FOLLOW

/** O_TMPFILE, which is a bit of its own and O_DIRECTORY (open(2), asm-generic/fcntl.h). */
const unnamed = 0o20000000 | constants.O_DIRECTORY

/**
 * A new file without a name in a folder's file system, for reading and writing; it is gone when it is closed, unless
 * {@link nameFile} gives it a name (open(2), O_TMPFILE). The caller closes it.
 * @returns nothing where the file system has no such files. @throws an errno error
 */
export function openUnnamed(folder: string, mode: number): number | undefined {
  try {
    return openSync(folder, unnamed | constants.O_RDWR, mode)
  } catch (error) {
    if (['EISDIR', 'ENOTSUP', 'EOPNOTSUPP', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

/**
 * Gives an open file a name in the same file system (linkat(2)). Atomic.
 * @returns whether it has it; not where something has that name, or the file cannot be linked.
 */
export function nameFile(fd: number, path: string): boolean {
  const link = bind('linkat', 'int', ['int', 'const char *', 'int', 'const char *', 'int'])
  return link(currentFolder, `/proc/self/fd/${fd}`, currentFolder, path, followLinks) === 0
}
