import { closeSync, constants, createReadStream, fstatSync, openSync, type BigIntStats } from 'node:fs'
import { lstat, readdir, readlink } from 'node:fs/promises'

import { lgetxattr, llistxattr, openInRoot, resolveFlags } from '../../lib/sys/index.ts'
import type { TarEntryType, TarHeader, TarInput } from '../../lib/tar/index.ts'

/** A path as one character a byte, since file names need not be UTF-8. */
type BytePath = string

export interface TreeOptions {
  /** Removals are put into it as layers of images have them: `.wh.NAME`, `.wh..wh..opq` (OCI image-spec, layer.md). */
  whiteouts?: boolean
  /** Called for an overlay whiteout (a name that was removed) and for a folder that hides what is below it; not put into the archive. */
  removed?: (path: string) => void
  /** Names, relative to the root, that are left out with all below them. */
  exclude?: ReadonlySet<string>
  /** Names, relative to the root, that alone are put into it, as one character a byte. A folder's members stand for themselves. */
  only?: ReadonlySet<BytePath>
}

const overlayMark = /^(trusted|user)\.overlay\./

/**
 * All members of the folder `root`, parents first, with owners, modes, times, attributes, hard links and devices; sockets are
 * left out. A file that shrinks meanwhile is filled with zeros, one that grows is cut: the archive stays whole.
 */
export async function* treeMembers(root: string, options: TreeOptions = {}): AsyncGenerator<TarInput> {
  const top = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    yield* folderMembers(top, '', new Map<bigint, BytePath>(), options)
  } finally {
    closeSync(top)
  }
}

/** Members below an open folder: all of them are reached through it, so that no link can be swapped in meanwhile. */
async function* folderMembers(
  folder: number,
  below: BytePath,
  firstNames: Map<bigint, BytePath>,
  options: TreeOptions,
): AsyncGenerator<TarInput> {
  const names = (await readdir(`/proc/self/fd/${folder}`, { encoding: 'buffer' })).map((name) => name.toString('latin1')).sort()
  for (const name of names) {
    const relative = below === '' ? name : `${below}/${name}`
    if (options.only && !options.only.has(relative)) continue
    const text = bytes(relative).toString('utf8')
    if (options.exclude?.has(text)) continue
    const place = bytes(`/proc/self/fd/${folder}/${name}`)
    const found = await lstat(place, { bigint: true }).catch(() => undefined)
    if (!found) continue
    if (found.isCharacterDevice() && found.rdev === 0n) {
      options.removed?.(text)
      if (options.whiteouts) yield mark(below, `.wh.${name}`)
      continue
    }
    // A file of this name would remove another one.
    if (options.whiteouts && name.startsWith('.wh.')) continue
    const header = await headerOf(place, relative, found, firstNames).catch(ignoreMissing)
    if (!header) continue
    if (header.type === 'directory') {
      const opaque = isOpaque(place)
      if (opaque) options.removed?.(text)
      yield { header }
      if (opaque && options.whiteouts) yield mark(relative, '.wh..wh..opq')
      yield* subfolderMembers(folder, name, relative, firstNames, options)
    } else yield header.type === 'file' ? { header, body: contentOf(folder, name, header.size) } : { header }
  }
}

function mark(folder: BytePath, name: BytePath): TarInput {
  const rawPath = bytes(folder === '' ? name : `${folder}/${name}`)
  return { header: { path: rawPath.toString('utf8'), rawPath, type: 'file', mode: 0, uid: 0, gid: 0, size: 0, mtime: 0n } }
}

async function* subfolderMembers(
  folder: number,
  name: BytePath,
  relative: BytePath,
  firstNames: Map<bigint, BytePath>,
  options: TreeOptions,
): AsyncGenerator<TarInput> {
  const fd = openMember(folder, name, constants.O_DIRECTORY)
  if (fd === undefined) return
  try {
    yield* folderMembers(fd, relative, firstNames, options)
  } finally {
    closeSync(fd)
  }
}

/** Opens what has this name in a folder, and is neither a link nor on another file system; `undefined` if it was removed. */
function openMember(folder: number, name: BytePath, flags: number): number | undefined {
  const resolve = resolveFlags.beneath | resolveFlags.noSymlinks | resolveFlags.noMagicLinks
  try {
    return openInRoot(folder, bytes(name), constants.O_RDONLY | constants.O_NONBLOCK | flags, 0, resolve)
  } catch (error) {
    return ignoreMissing(error)
  }
}

/** What a running container removed or replaced meanwhile is left out. @throws any other error. */
function ignoreMissing(error: unknown): undefined {
  const { code = '' } = error as NodeJS.ErrnoException
  if (!['ENOENT', 'ENOTDIR', 'ELOOP', 'EXDEV', 'ENXIO', 'EINVAL'].includes(code)) throw error
}

async function headerOf(
  place: Buffer,
  relative: BytePath,
  found: BigIntStats,
  firstNames: Map<bigint, BytePath>,
): Promise<TarHeader | undefined> {
  const type = typeOf(found)
  if (!type) return undefined
  const raw = bytes(relative)
  const header: TarHeader = {
    path: raw.toString('utf8'),
    rawPath: raw,
    type,
    mode: Number(found.mode) & 0o7777,
    uid: Number(found.uid),
    gid: Number(found.gid),
    size: 0,
    mtime: found.mtimeNs,
    xattrs: attributesOf(place),
  }
  const first = found.nlink > 1n && type === 'file' ? firstNames.get(found.ino) : undefined
  if (first !== undefined)
    return {
      ...header,
      type: 'hardlink',
      linkTarget: bytes(first).toString('utf8'),
      rawLinkTarget: bytes(first),
      xattrs: undefined,
    }
  if (type === 'file') {
    if (found.nlink > 1n) firstNames.set(found.ino, relative)
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

function attributesOf(place: Buffer): Map<string, Uint8Array> | undefined {
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

async function* contentOf(folder: number, name: BytePath, size: number): AsyncGenerator<Uint8Array> {
  let left = size
  const fd = left > 0 ? openMember(folder, name, constants.O_NOFOLLOW) : undefined
  if (fd !== undefined && fstatSync(fd).isFile()) {
    for await (const chunk of createReadStream('', { fd, end: size - 1, highWaterMark: 256 * 1024 })) {
      left -= (chunk as Buffer).length
      yield chunk as Buffer
    }
  } else if (fd !== undefined) closeSync(fd)
  for (; left > 0; left -= Math.min(left, 65_536)) yield new Uint8Array(Math.min(left, 65_536))
}

function bytes(path: BytePath): Buffer {
  return Buffer.from(path, 'latin1')
}
