import {
  closeSync,
  constants,
  chmodSync,
  fstatSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmSync,
  type BigIntStats,
  symlinkSync,
} from 'node:fs'
import { setImmediate } from 'node:timers/promises'

import { diskError } from '../../image/index.ts'
import { copyRange, fileTypes, lgetxattr, llistxattr, mknod, nextData } from '../../lib/sys/index.ts'
import type { TarHeader } from '../../lib/tar/index.ts'
import { containerId, hostId, type IdMappings } from '../../spec/id-map.ts'
import { idUnmapped } from '../failures.ts'
import { type AttributeOptions, setAttributes, setTimes } from './attributes.ts'
import { overflowId } from './foreign-layers.ts'
import { isOpaque, opaqueName, whiteoutPrefix } from './marks.ts'
import { type BinaryPath, toBinary, toFile } from '../paths.ts'

export interface CopyOptions extends AttributeOptions {
  /**
   * The layers belong to another store: files whose owner has no id in this user namespace become the copier's own, and files that
   * the copier may not read are empty in the copy.
   */
  foreign?: boolean
  /** Owners become those that they are outside of a user namespace with these ids. */
  ids?: IdMappings
  /** Folders, relative to the layer's root, that keep the attributes they have in the target. */
  keep?: ReadonlySet<BinaryPath>
}

const turnMs = 3
/** What is copied of a file at once, where the file system cannot share it. */
const pieceBytes = 8 * 1024 * 1024
const createFlags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW
const readFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/**
 * Merges layers as plain files, lowest first: the result is what a mount of them would show. Contents are shared with the layers
 * where the file system can (copy_file_range(2)), holes stay holes, and hard links within a layer stay hard links. No other process
 * may write in `target` meanwhile; no link of a layer is followed.
 * @param target a folder, which may hold what the layers are to lie on.
 * @throws SubidMissing, DiskFull, an errno error. On failure the caller removes `target`.
 */
export async function copyLayers(layers: readonly string[], target: string, options: CopyOptions): Promise<void> {
  const copier = new Copier(toBinary(target), options)
  try {
    for (const layer of layers) await copier.layer(layer)
  } catch (error) {
    throw diskError(error)
  }
}

class Copier {
  readonly #target: BinaryPath
  readonly #options: CopyOptions
  /** Files with several names: their first name in the target. */
  readonly #links = new Map<string, BinaryPath>()
  #turn = performance.now()

  constructor(target: BinaryPath, options: CopyOptions) {
    this.#target = target
    this.#options = options
  }

  async layer(folder: string): Promise<void> {
    this.#links.clear()
    const fd = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY)
    try {
      await this.#folder(fd, '')
      this.#describeFolder(`/proc/self/fd/${fd}/.`, '', fstatSync(fd, { bigint: true }))
    } finally {
      closeSync(fd)
    }
  }

  /** What an open folder of the layer holds: read through the descriptor, so that no link can be swapped in. */
  async #folder(fd: number, real: BinaryPath): Promise<void> {
    const source = `/proc/self/fd/${fd}`
    const names = readdirSync(source, 'latin1')
    // Removals are about the layers below, so that they come first. Overlay looks at no attribute of a layer's root.
    if (names.includes(opaqueName) || (real !== '' && isOpaque(`${source}/.`))) this.#empty(real)
    const { marks, members } = partition(names)
    for (const mark of marks) if (mark !== opaqueName) this.#remove(`${this.#at(real)}/${mark.slice(whiteoutPrefix.length)}`)
    for (const name of members) {
      await this.#node(fd, name, real === '' ? name : `${real}/${name}`)
      await this.#pause()
    }
  }

  async #node(folder: number, name: BinaryPath, real: BinaryPath): Promise<void> {
    const source = `/proc/self/fd/${folder}/${name}`
    const found = lstatSync(toFile(source), { bigint: true })
    const target = this.#at(real)
    if (found.isCharacterDevice() && found.rdev === 0n) return this.#remove(target)
    const there = lstatSync(toFile(target), { throwIfNoEntry: false })
    if (there && !(found.isDirectory() && there.isDirectory())) this.#remove(target)
    if (!found.isDirectory()) return this.#member(source, real, found)
    if (!there?.isDirectory()) mkdirSync(toFile(target), 0o700)
    const fd = this.#open(source, constants.O_DIRECTORY)
    if (fd !== undefined) {
      try {
        await this.#folder(fd, real)
      } finally {
        closeSync(fd)
      }
    }
    this.#describeFolder(source, real, found, there?.isDirectory())
  }

  async #member(source: BinaryPath, real: BinaryPath, found: BigIntStats): Promise<void> {
    const target = this.#at(real)
    const key = found.isFile() && found.nlink > 1n ? `${found.dev}:${found.ino}` : undefined
    const first = key === undefined ? undefined : this.#links.get(key)
    if (first !== undefined) return linkSync(toFile(first), toFile(target))
    if (key !== undefined) this.#links.set(key, target)
    if (found.isFile()) await this.#file(source, target)
    else if (found.isSymbolicLink()) symlinkSync(Buffer.from(readlinkSync(toFile(source), 'latin1'), 'latin1'), toFile(target))
    else if (!this.#makeSpecial(target, found)) return
    const header = this.#header(source, real, found)
    setAttributes(target, header, this.#options, true)
    setTimes(target, header)
  }

  /** Sockets mean nothing without a listener; real devices cannot be made in a user namespace. */
  #makeSpecial(target: BinaryPath, found: BigIntStats): boolean {
    const fifo = found.isFIFO()
    if (found.isSocket() || (!fifo && this.#options.rootless)) return false
    const type = fifo ? fileTypes.fifo : found.isBlockDevice() ? fileTypes.block : fileTypes.character
    const { rdev } = found
    // As glibc packs them (sys/sysmacros.h).
    const major = Number(((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & ~0xfffn))
    const minor = Number((rdev & 0xffn) | ((rdev >> 12n) & ~0xffn))
    mknod(toFile(target), type | 0o600, fifo ? 0 : major, fifo ? 0 : minor)
    return true
  }

  async #file(source: BinaryPath, target: BinaryPath): Promise<void> {
    const to = openSync(toFile(target), createFlags, 0o600)
    let from: number | undefined
    try {
      from = this.#open(source)
      if (from !== undefined) await this.#content(from, to)
    } finally {
      if (from !== undefined) closeSync(from)
      closeSync(to)
    }
  }

  async #content(from: number, to: number): Promise<void> {
    const { size, blocks } = fstatSync(from)
    const sparse = blocks * 512 < size
    for (let at = 0; at < size;) {
      const piece = sparse ? nextData(from, at) : { start: at, end: size }
      if (!piece) break
      for (at = piece.start; at < piece.end; await this.#pause()) {
        const copied = copyRange(from, at, to, at, Math.min(pieceBytes, piece.end - at))
        if (copied === 0) return
        at += copied
      }
    }
    if (sparse) ftruncateSync(to, size)
  }

  /** @returns nothing for what a foreign store does not let us read. */
  #open(source: BinaryPath, flags = 0): number | undefined {
    try {
      return openSync(toFile(source), readFlags | flags)
    } catch (error) {
      if (this.#options.foreign && (error as NodeJS.ErrnoException).code === 'EACCES') return undefined
      throw error
    }
  }

  /** Mode and times come last: each new member changes the times. */
  #describeFolder(source: BinaryPath, real: BinaryPath, found: BigIntStats, existed = true): void {
    if (existed && this.#options.keep?.has(real)) return
    const header = this.#header(source, real, found)
    setAttributes(this.#at(real), header, this.#options, true)
    chmodSync(toFile(this.#at(real)), header.mode)
    setTimes(this.#at(real), header)
  }

  #header(source: BinaryPath, real: BinaryPath, found: BigIntStats): TarHeader {
    const { foreign, rootless, owner } = this.#options
    const mapped = (id: bigint, own: number): number => (foreign && rootless && Number(id) === overflowId ? own : Number(id))
    const { uid, gid } = this.#outside(mapped(found.uid, owner.uid), mapped(found.gid, owner.gid))
    return {
      path: real,
      type: found.isDirectory() ? 'directory' : found.isSymbolicLink() ? 'symlink' : 'file',
      mode: Number(found.mode) & 0o7777,
      uid,
      gid,
      size: 0,
      mtime: found.mtimeNs,
      xattrs: attributesOf(source),
    }
  }

  /** What the namespace has no id for is nobody's in it, as long as the copier is nobody there too. */
  #outside(uid: number, gid: number): { uid: number; gid: number } {
    const { ids, owner } = this.#options
    if (!ids) return { uid, gid }
    const nobody = containerId(ids.uids, owner.uid) === undefined && containerId(ids.gids, owner.gid) === undefined
    const outside = { uid: hostId(ids.uids, uid), gid: hostId(ids.gids, gid) }
    if (!nobody && (outside.uid === undefined || outside.gid === undefined)) throw idUnmapped(uid, gid, undefined)
    return { uid: outside.uid ?? owner.uid, gid: outside.gid ?? owner.gid }
  }

  #at(real: BinaryPath): BinaryPath {
    return real === '' ? this.#target : `${this.#target}/${real}`
  }

  #remove(path: BinaryPath): void {
    rmSync(toFile(path), { recursive: true, force: true })
  }

  #empty(real: BinaryPath): void {
    for (const name of readdirSync(toFile(this.#at(real)), 'latin1')) this.#remove(`${this.#at(real)}/${name}`)
  }

  async #pause(): Promise<void> {
    if (performance.now() - this.#turn < turnMs) return
    await setImmediate()
    this.#turn = performance.now()
  }
}

/** Names that are marks, and the others. */
function partition(names: readonly BinaryPath[]): { marks: BinaryPath[]; members: BinaryPath[] } {
  const isMark = (name: BinaryPath): boolean =>
    name.startsWith(whiteoutPrefix) && !['', '.', '..'].includes(name.slice(whiteoutPrefix.length))
  return { marks: names.filter(isMark), members: names.filter((name) => !isMark(name)) }
}

function attributesOf(source: BinaryPath): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>()
  for (const name of llistxattr(toFile(source))) {
    const value = lgetxattr(toFile(source), name)
    if (value) found.set(name, value)
  }
  return found
}
