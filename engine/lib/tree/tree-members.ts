import { type BigIntStats, closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs'
import { readdir, readlink } from 'node:fs/promises'

import { lgetxattr, llistxattr, openInRoot, resolveFlags } from '../sys/index.ts'
import type { TarEntryType, TarHeader, TarInput } from '../tar/index.ts'
import { OpenFile } from './tree-archive.ts'
import { type BytePath, inFolder, toBytes, type TreePlace } from './view.ts'

export interface TreeOptions {
  /** Removals are put into it as layers of images have them: `.wh.NAME`, `.wh..wh..opq` (OCI image-spec, layer.md). */
  whiteouts?: boolean
  /** Called for an overlay whiteout (a name that was removed) and for a folder that hides what is below it; not put into the archive. */
  removed?: (path: string) => void
  /** Names, relative to the root, that are left out with all below them. */
  exclude?: ReadonlySet<string>
  /** Names, relative to the root, that alone are put into it, as one character a byte. A folder's members stand for themselves. */
  only?: ReadonlySet<BytePath>
  /** What lies over names, relative to the root: descriptors of folders and files. */
  over?: ReadonlyMap<BytePath, number>
  /** What owners become in it: those inside of a user namespace, say. */
  owner?: (found: TreeOwner) => TreeOwner
  /** Leaves out what this process may not read, as long as it is not all. */
  skipUnreadable?: boolean
}

/** Ids as files have them. */
export interface TreeOwner {
  uid: number
  gid: number
}

interface Walk extends TreeOptions {
  /** Names of files with several, by device and inode. */
  firstNames: Map<string, BytePath>
}

const overlayMark = /^(trusted|user)\.overlay\./

/**
 * All members of the folder `root`, parents first, with owners, modes, times, attributes, hard links and devices; sockets are
 * left out. A file that shrinks meanwhile is filled with zeros, one that grows is cut: the archive stays whole.
 */
export async function* treeMembers(root: string, options: TreeOptions = {}): AsyncGenerator<TarInput> {
  const top = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    yield* folderMembers(top, '', { ...options, firstNames: new Map() })
  } finally {
    closeSync(top)
  }
}

/**
 * A place of a tree as members of an archive: what is there as `name`, and all below it as names below that; without a name only what is
 * in the folder. Devices are left out. The caller closes the place, after the last member.
 *
 * @throws an errno error, `ENOENT` where there is nothing.
 */
export async function* placeMembers(place: TreePlace, name: BytePath, options: TreeOptions = {}): AsyncGenerator<TarInput> {
  const { self, found, folder } = place
  if (self === undefined || found === undefined) throw Object.assign(new Error(`ENOENT: ${place.path}`), { code: 'ENOENT' })
  const walk: Walk = { ...options, firstNames: new Map() }
  const at = found.isDirectory() ? Buffer.from(`/proc/self/fd/${self}/.`) : inFolder(folder, place.name)
  const header = await headerOf(at, name, found, walk)
  if (!header) return
  if (header.type === 'file' && header.size > 0)
    yield* fileMember(header, openSync(`/proc/self/fd/${self}`, constants.O_RDONLY | constants.O_NONBLOCK))
  else if (name !== '' && header.type !== 'character' && header.type !== 'block') yield { header }
  if (header.type !== 'directory') return
  const fd = openSync(at, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    yield* folderMembers(fd, name, walk)
  } finally {
    closeSync(fd)
  }
}

/** Members below an open folder: all of them are reached through it, so that no link can be swapped in meanwhile. */
async function* folderMembers(folder: number, below: BytePath, walk: Walk): AsyncGenerator<TarInput> {
  for (const name of await namesIn(folder, below, walk)) {
    const relative = joined(below, name)
    if (walk.only && !walk.only.has(relative)) continue
    const text = toBytes(relative).toString('utf8')
    if (walk.exclude?.has(text)) continue
    const over = walk.over?.get(relative)
    const found = over === undefined ? lstat(inFolder(folder, name)) : fstatSync(over, { bigint: true })
    if (!found) continue
    const place = over !== undefined && found.isDirectory() ? Buffer.from(`/proc/self/fd/${over}/.`) : inFolder(folder, name)
    if (found.isCharacterDevice() && found.rdev === 0n) {
      walk.removed?.(text)
      if (walk.whiteouts) yield whiteout(below, `.wh.${name}`)
      continue
    }
    // A file of this name would remove another one.
    if (walk.whiteouts && name.startsWith('.wh.')) continue
    const header = await headerOf(place, relative, found, walk).catch((error: unknown) => skip(error, walk))
    if (!header) continue
    if (header.type === 'directory') {
      const opaque = (walk.removed !== undefined || walk.whiteouts === true) && isOpaque(place)
      if (opaque) walk.removed?.(text)
      yield { header }
      if (opaque && walk.whiteouts) yield whiteout(relative, '.wh..wh..opq')
      yield* subfolderMembers(over ?? openMember(folder, name, constants.O_DIRECTORY, walk), over === undefined, relative, walk)
    } else if (header.type === 'file' && header.size > 0) {
      const fd =
        over === undefined
          ? openMember(folder, name, constants.O_NOFOLLOW, walk)
          : openSync(`/proc/self/fd/${over}`, constants.O_RDONLY)
      // What may not be read, or was removed meanwhile, is left out as a whole.
      if (fd !== undefined) yield* fileMember(header, fd)
    } else yield { header }
  }
}

function whiteout(folder: BytePath, name: BytePath): TarInput {
  const rawPath = toBytes(joined(folder, name))
  return { header: { path: rawPath.toString('utf8'), rawPath, type: 'file', mode: 0, uid: 0, gid: 0, size: 0, mtime: 0n } }
}

/** The name below a folder's; that of the root may be a slash. */
function joined(below: BytePath, name: BytePath): BytePath {
  return below === '' || below.endsWith('/') ? `${below}${name}` : `${below}/${name}`
}

async function namesIn(folder: number, below: BytePath, { over, skipUnreadable }: Walk): Promise<BytePath[]> {
  const found = await readdir(`/proc/self/fd/${folder}`, { encoding: 'buffer' }).catch((error: NodeJS.ErrnoException) => {
    if (skipUnreadable && isUnreadable(error)) return []
    throw error
  })
  const names = new Set(found.map((name) => name.toString('latin1')))
  const start = joined(below, '')
  for (const path of over?.keys() ?? [])
    if (path.startsWith(start) && path.length > start.length && !path.includes('/', start.length))
      names.add(path.slice(start.length))
  return [...names].sort()
}

async function* subfolderMembers(
  folder: number | undefined,
  own: boolean,
  relative: BytePath,
  walk: Walk,
): AsyncGenerator<TarInput> {
  if (folder === undefined) return
  const fd = own ? folder : openSync(`/proc/self/fd/${folder}/.`, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    yield* folderMembers(fd, relative, walk)
  } finally {
    closeSync(fd)
  }
}

/** Opens what has this name in a folder and is no link; `undefined` if it was removed. */
function openMember(folder: number, name: BytePath, flags: number, walk: Walk): number | undefined {
  const resolve = resolveFlags.beneath | resolveFlags.noSymlinks | resolveFlags.noMagicLinks
  try {
    return openInRoot(folder, toBytes(name), constants.O_RDONLY | constants.O_NONBLOCK | flags, 0, resolve)
  } catch (error) {
    return skip(error, walk)
  }
}

/** What a running container removed or replaced meanwhile is left out. @throws any other error. */
function skip(error: unknown, { skipUnreadable }: TreeOptions): undefined {
  const { code = '' } = error as NodeJS.ErrnoException
  if (['ENOENT', 'ENOTDIR', 'ELOOP', 'EXDEV', 'ENXIO', 'EINVAL'].includes(code)) return undefined
  if (!skipUnreadable || !isUnreadable(error as NodeJS.ErrnoException)) throw error
}

function isUnreadable({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EACCES' || code === 'EPERM'
}

function lstat(place: Buffer): BigIntStats | undefined {
  try {
    return lstatSync(place, { bigint: true })
  } catch {
    return undefined
  }
}

async function headerOf(
  place: Buffer,
  relative: BytePath,
  found: BigIntStats,
  { firstNames, owner }: Walk,
): Promise<TarHeader | undefined> {
  const type = typeOf(found)
  if (!type) return undefined
  const raw = toBytes(relative)
  const ids = { uid: Number(found.uid), gid: Number(found.gid) }
  const header: TarHeader = {
    path: raw.toString('utf8'),
    rawPath: raw,
    type,
    mode: Number(found.mode) & 0o7777,
    ...(owner ? owner(ids) : ids),
    size: 0,
    mtime: found.mtimeNs,
    xattrs: attributesOf(place, found),
  }
  const key = `${found.dev}:${found.ino}`
  const first = found.nlink > 1n && type === 'file' ? firstNames.get(key) : undefined
  if (first !== undefined)
    return {
      ...header,
      type: 'hardlink',
      linkTarget: toBytes(first).toString('utf8'),
      rawLinkTarget: toBytes(first),
      xattrs: undefined,
    }
  if (type === 'file') {
    if (found.nlink > 1n) firstNames.set(key, relative)
    return { ...header, size: Number(found.size) }
  }
  if (type === 'symlink') {
    const target = await readlink(place, { encoding: 'buffer' })
    return { ...header, linkTarget: target.toString('utf8'), rawLinkTarget: target }
  }
  if (type === 'character' || type === 'block') return { ...header, ...device(found.rdev) }
  return header
}

function typeOf(found: BigIntStats): TarEntryType | undefined {
  if (found.isFile()) return 'file'
  if (found.isDirectory()) return 'directory'
  if (found.isSymbolicLink()) return 'symlink'
  if (found.isFIFO()) return 'fifo'
  if (found.isCharacterDevice()) return 'character'
  return found.isBlockDevice() ? 'block' : undefined
}

/** As glibc packs them (sys/sysmacros.h). */
function device(rdev: bigint): { deviceMajor: number; deviceMinor: number } {
  return {
    deviceMajor: Number(((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & ~0xfffn)),
    deviceMinor: Number((rdev & 0xffn) | ((rdev >> 12n) & ~0xffn)),
  }
}

function attributesOf(place: Buffer, { dev, ino }: BigIntStats): Map<string, Uint8Array> | undefined {
  // Something may lie over it, or have taken its name.
  const now = lstat(place)
  if (now?.ino !== ino || now.dev !== dev) return undefined
  const found = new Map<string, Uint8Array>()
  for (const name of llistxattr(place)) {
    const value = overlayMark.test(name) ? null : lgetxattr(place, name)
    if (value) found.set(name, value)
  }
  return found.size === 0 ? undefined : found
}

function isOpaque(place: Buffer): boolean {
  return ['trusted.overlay.opaque', 'user.overlay.opaque'].some((name) => lgetxattr(place, name)?.toString('latin1') === 'y')
}

/** A file whose content is read from a descriptor, which is closed in any case. */
function* fileMember(header: TarHeader, fd: number): Generator<TarInput> {
  const body = new OpenFile(fd, header.size)
  try {
    yield { header, body }
  } finally {
    body.close()
  }
}
