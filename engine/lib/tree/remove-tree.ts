import { closeSync, constants, readdirSync, rmdirSync, unlinkSync } from 'node:fs'

import { openInRoot, resolveFlags } from '../sys/index.ts'
import { type BytePath, inFolder, toBytes } from './view.ts'

/**
 * Removes what has a name in an open folder, with all below it. Every folder is opened before anything in it is removed, so that a link
 * that takes its name meanwhile leads nowhere.
 *
 * @throws an errno error: `EBUSY` for a mount point, `ENOENT`.
 */
export function removeTree(folder: number, name: BytePath): void {
  const place = inFolder(folder, name)
  try {
    return unlinkSync(place)
  } catch (error) {
    // Of a folder it is EISDIR on Linux, EPERM by POSIX.
    if (!['EISDIR', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
  const resolve = resolveFlags.beneath | resolveFlags.noSymlinks | resolveFlags.noMagicLinks
  const fd = openInRoot(folder, toBytes(name), constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW, 0, resolve)
  try {
    for (const each of readdirSync(`/proc/self/fd/${fd}`, { encoding: 'latin1' })) removeTree(fd, each)
  } finally {
    closeSync(fd)
  }
  rmdirSync(place)
}
