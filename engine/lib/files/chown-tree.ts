import { chownSync, closeSync, constants, fstatSync, lchownSync, lstatSync, readdirSync, type Stats } from 'node:fs'

import { openInRoot, resolveFlags } from '../sys/index.ts'

const noLinks = resolveFlags.beneath | resolveFlags.noSymlinks | resolveFlags.noMagicLinks
/** After so many files others in this process get their turn. */
const turn = 2000

/**
 * Makes `owner` the owner of what `root` is open on, and of everything below it; links themselves, never what they lead to. Mounts
 * below are part of it. It holds against processes that move and replace things meanwhile: every folder is opened from `root`
 * without any link on the way (openat2(2)), and a file is changed only through its opened folder. What has the right owner is left
 * alone, so that it keeps its set-user-ID bit and its ctime. Folders that vanish meanwhile are skipped.
 *
 * @param root a descriptor of a folder or file, which O_PATH is enough for.
 * @throws an errno error, its `path` as seen from `root`: `EPERM` for what this process may not give away, `ENAMETOOLONG` below
 *   4,095 bytes of path.
 */
export async function chownTree(root: number, owner: { uid: number; gid: number }, signal?: AbortSignal): Promise<void> {
  const top = fstatSync(root)
  if (differs(top, owner)) chownSync(`/proc/self/fd/${root}`, owner.uid, owner.gid)
  if (!top.isDirectory()) return
  const folders: Buffer[] = [Buffer.from('.')]
  let seen = 0
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    seen += chownFolder(root, folder, owner, folders)
    if (seen < turn) continue
    seen = 0
    await new Promise((resolve) => setImmediate(resolve))
    signal?.throwIfAborted()
  }
}

/** @returns how many files were looked at. */
function chownFolder(root: number, folder: Buffer, owner: { uid: number; gid: number }, folders: Buffer[]): number {
  let fd: number
  try {
    fd = openInRoot(root, folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW, 0, noLinks)
  } catch (error) {
    if (isGone(error)) return 1
    throw error
  }
  try {
    const names = readdirSync(`/proc/self/fd/${fd}`, { encoding: 'buffer' })
    for (const name of names) {
      // The folder is the opened one; only the last part of this path is looked up, and links there are not followed.
      const file = Buffer.concat([Buffer.from(`/proc/self/fd/${fd}/`), name])
      const place = Buffer.concat([folder, Buffer.from('/'), name])
      if (chownFile(file, place, owner)) folders.push(place)
    }
    return names.length + 1
  } finally {
    closeSync(fd)
  }
}

/** @returns whether it is a folder. */
function chownFile(file: Buffer, place: Buffer, owner: { uid: number; gid: number }): boolean {
  try {
    const found = lstatSync(file)
    if (differs(found, owner)) lchownSync(file, owner.uid, owner.gid)
    return found.isDirectory()
  } catch (error) {
    if (isGone(error)) return false
    const { code = '', syscall = 'lchown' } = error as NodeJS.ErrnoException
    throw Object.assign(new Error(`${code}: ${syscall} '${place}'`, { cause: error }), { code, syscall, path: place.toString() })
  }
}

function differs(found: Stats, { uid, gid }: { uid: number; gid: number }): boolean {
  return found.uid !== uid || found.gid !== gid
}

/** Removed, or replaced by a link or a file. */
function isGone(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')
}
