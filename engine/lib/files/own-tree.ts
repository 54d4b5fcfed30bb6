import { closeSync, constants, fstatSync, readdirSync, readSync, rmdirSync, type Stats, unlinkSync } from 'node:fs'
import { openInRoot, resolveFlags } from '../sys/index.ts'

// For root, in other users' folders: nothing is reached through a link or on another mount, and the owner is checked on the open
// descriptor.

/** Below the folder, over no link, on the same mount. */
const within = resolveFlags.beneath | resolveFlags.noSymlinks | resolveFlags.noMagicLinks | resolveFlags.noCrossDevice
const pathOnly = 0o10000000

/** A folder that is held open. The caller disposes of it. */
export class OwnTree {
  readonly #fd: number
  readonly uid: number

  private constructor(fd: number, uid: number) {
    this.#fd = fd
    this.uid = uid
  }

  /**
   * Opens `name`, a folder of user `uid`, in `parent`, which is root's own.
   * @returns `undefined` where there is no such folder, or it is a link, a mount, or another's.
   */
  static open(parent: string, name: string, uid: number): OwnTree | undefined {
    const above = openDirectory(parent)
    if (above === undefined) return undefined
    try {
      const fd = openWithin(above, name, constants.O_DIRECTORY | constants.O_NOFOLLOW, uid)
      return fd === undefined ? undefined : new OwnTree(fd, uid)
    } finally {
      closeSync(above)
    }
  }

  /** The content of a small plain file of the user's; `undefined` for anything else. Never waits for a fifo's writer. */
  readFile(path: string, maxBytes: number): string | undefined {
    const fd = openWithin(this.#fd, path, constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY, this.uid, true)
    if (fd === undefined) return undefined
    try {
      const bytes = Buffer.alloc(maxBytes + 1)
      const length = readSync(fd, bytes, 0, bytes.length, 0)
      return length > maxBytes ? undefined : bytes.toString('latin1', 0, length)
    } catch {
      return undefined
    } finally {
      closeSync(fd)
    }
  }

  /**
   * Removes the folder's content, of any owner, until `deadline` (of `Date.now()`). What is mounted stays, and links are removed
   * themselves.
   * @returns whether the folder is empty now.
   */
  empty(deadline: number): boolean {
    return emptyFolder(this.#fd, deadline, 0)
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd)
  }
}

/** Folders below each other that are gone into, each with a descriptor of its own. */
const maxDepth = 128

function emptyFolder(folder: number, deadline: number, depth: number): boolean {
  if (depth > maxDepth) return false
  for (const entry of readdirSync(`/proc/self/fd/${folder}`, { withFileTypes: true, encoding: 'buffer' })) {
    if (Date.now() > deadline) return false
    // By the folder's descriptor and one name: nothing can be put in between.
    const path = Buffer.concat([Buffer.from(`/proc/self/fd/${folder}/`), entry.name])
    if (entry.isDirectory()) removeFolder(folder, entry.name, path, deadline, depth)
    else attempt(() => unlinkSync(path))
  }
  return readdirSync(`/proc/self/fd/${folder}`).length === 0
}

function removeFolder(parent: number, name: Buffer, path: Buffer, deadline: number, depth: number): void {
  const fd = attempt(() => openInRoot(parent, name, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW, 0, within))
  if (fd === undefined) return
  try {
    emptyFolder(fd, deadline, depth + 1)
  } finally {
    closeSync(fd)
  }
  attempt(() => rmdirSync(path))
}

function openDirectory(path: string): number | undefined {
  // An absolute path: the descriptor it would be relative to is not looked at.
  return attempt(() => openInRoot(-1, path, constants.O_DIRECTORY | pathOnly, 0, resolveFlags.noSymlinks))
}

/** Opens what belongs to `uid`: a folder, or with `plain` a plain file. */
function openWithin(folder: number, path: string, flags: number, uid: number, plain = false): number | undefined {
  const fd = attempt(() => openInRoot(folder, path, constants.O_RDONLY | flags, 0, within))
  if (fd === undefined) return undefined
  const found = fstatSync(fd)
  if (found.uid === uid && isWanted(found, plain)) return fd
  closeSync(fd)
  return undefined
}

const isWanted = (found: Stats, plain: boolean): boolean => (plain ? found.isFile() : found.isDirectory())

/** What is missing, or is being changed by its owner, is left alone. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
