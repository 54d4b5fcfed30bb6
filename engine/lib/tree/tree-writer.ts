import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  lchownSync,
  linkSync,
  mkdirSync,
  openSync,
  symlinkSync,
  writeSync,
} from 'node:fs'
import { setImmediate } from 'node:timers/promises'

import { EngineError } from '../../errors/index.ts'
import { fileTypes, lsetxattr, mknod, openInRoot, resolveFlags, utimensat } from '../sys/index.ts'
import { createTarParser, type TarHeader, type TarSink } from '../tar/index.ts'
import { removeTree } from './remove-tree.ts'
import { OpenFile, TreeArchive } from './tree-archive.ts'
import type { TreeOwner } from './tree-members.ts'
import {
  type BytePath,
  inFolder,
  lookUp,
  openName,
  reopen,
  shownPath,
  toBytePath,
  toBytes,
  type TreePlace,
  type TreeView,
} from './view.ts'

export interface TreeWriteOptions {
  /** The owner of what is written, by a member's own; that one where not given. */
  owner?: ((own: TreeOwner) => TreeOwner) | undefined
  /** Whether a folder may take the place of something else, and something else that of a folder. */
  replaceFolders: boolean
  /** Whether device files are made; they are left out otherwise. */
  devices: boolean
  /** Other names for members, by the first part of their own. */
  rename?: ReadonlyMap<BytePath, BytePath> | undefined
  signal?: AbortSignal | undefined
}

/** Time in milliseconds between two turns of the event loop. */
const turnMs = 3
const sliceBytes = 64 * 1024

/**
 * Unpacks an uncompressed archive, or one of this process, below the folder `base` of a view, which may be in use. Members replace what has their names, but for
 * what is mounted there, whose content they replace. Whatever links there are, nothing outside of the view is touched.
 *
 * @param base an absolute path of the view.
 * @throws EngineError `ArchiveInvalid`, `InvalidArgument` for a folder in place of a file and the other way round, `Cancelled`; errno
 *   errors; what `source` throws is passed on.
 */
export async function writeTree(
  view: TreeView,
  base: BytePath,
  source: AsyncIterable<Uint8Array>,
  options: TreeWriteOptions,
): Promise<void> {
  const writer = new Writer(view, base, options)
  const turns = new Turns(options.signal)
  try {
    await (source instanceof TreeArchive ? writeMembers(writer, source, turns) : writeBytes(writer, source, turns))
    writer.finish()
  } finally {
    writer.close()
  }
}

async function writeBytes(writer: Writer, source: AsyncIterable<Uint8Array>, turns: Turns): Promise<void> {
  const parser = createTarParser(writer)
  for await (const chunk of source) {
    for (let at = 0; at < chunk.byteLength; at += sliceBytes) {
      parser.push(chunk.subarray(at, at + sliceBytes))
      if (turns.due()) await turns.take()
    }
  }
  turns.requireGoingOn()
  parser.finish()
}

async function writeMembers(writer: Writer, source: TreeArchive, turns: Turns): Promise<void> {
  for await (const { header, body } of source.members()) {
    writer.entry(header)
    if (body instanceof OpenFile) {
      for (const _ of writer.copy(body)) if (turns.due()) await turns.take()
    } else for await (const piece of body ?? []) writer.data(Buffer.from(piece))
    writer.end()
    if (turns.due()) await turns.take()
  }
  turns.requireGoingOn()
}

/** Gives the event loop its turns, and ends what was cancelled. */
class Turns {
  #last = performance.now()
  readonly #signal: AbortSignal | undefined

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal
  }

  due(): boolean {
    return performance.now() - this.#last >= turnMs
  }

  /** @throws EngineError `Cancelled` */
  async take(): Promise<void> {
    await setImmediate()
    this.#last = performance.now()
    this.requireGoingOn()
  }

  /** @throws EngineError `Cancelled` */
  requireGoingOn(): void {
    if (this.#signal?.aborted) throw new EngineError('Cancelled', 'Copying was cancelled.', { cause: this.#signal.reason })
  }
}

const createFlags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW
const inside = resolveFlags.beneath | resolveFlags.noSymlinks | resolveFlags.noMagicLinks

/** Folders whose times are remembered until the end. */
const maxFolders = 200_000

interface Folder {
  /** As the archive names it. */
  key: BytePath
  /** Where it is in the view. */
  path: BytePath
  fd: number
}

class Writer implements TarSink {
  readonly #view: TreeView
  readonly #base: BytePath
  readonly #options: TreeWriteOptions
  /** The folder of the last member: archives list the members of a folder one after another. */
  #last: Folder | undefined
  /** `covered`: what is mounted there gets the content and keeps the rest. */
  #file: { fd: number; covered: boolean; header: TarHeader; name: BytePath } | undefined
  readonly #folders = new Map<BytePath, TarHeader>()

  constructor(view: TreeView, base: BytePath, options: TreeWriteOptions) {
    this.#view = view
    this.#base = base
    this.#options = options
  }

  entry(header: TarHeader): void {
    const parts = this.#renamed(partsOf(header.rawPath ?? header.path))
    const name = parts.pop()
    if (name === undefined) {
      if (header.type !== 'directory') throw archiveError('its root is not a folder')
      return this.#dressBase(header)
    }
    const folder = this.#folder(parts)
    switch (header.type) {
      case 'file':
        this.#file = { ...this.#createFile(folder, name), header, name }
        return
      case 'directory':
        this.#makeFolder(folder, name, header)
        if (this.#folders.size < maxFolders) this.#folders.set([...parts, name].join('/'), header)
        return
      case 'symlink':
        this.#place(folder, name, (place) => symlinkSync(Buffer.from(header.rawLinkTarget ?? header.linkTarget ?? ''), place))
        return this.#dress(folder, name, header)
      case 'hardlink':
        return this.#makeHardLink(folder, name, header)
      default:
        return this.#makeNode(folder, name, header)
    }
  }

  data(chunk: Buffer): void {
    if (!this.#file) return
    for (let at = 0; at < chunk.length;) at += writeSync(this.#file.fd, chunk, at)
  }

  /** Instead of {@link data}: the whole content of the file, in pieces. */
  *copy(content: OpenFile): Generator<void, void, undefined> {
    if (this.#file) yield* content.copyInto(this.#file.fd)
  }

  end(): void {
    if (!this.#file || !this.#last) return
    const { fd, covered, header, name } = this.#file
    const { uid, gid } = this.#ownerOf(header)
    if (!covered) {
      fchownSync(fd, uid, gid)
      fchmodSync(fd, header.mode)
    }
    closeSync(fd)
    this.#file = undefined
    if (covered) return
    const place = inFolder(this.#last.fd, name)
    // After the change of the owner, which takes capabilities away.
    setAttributes(place, header)
    setTimes(place, header)
  }

  /** Sets what must wait until all members are there: times of folders. */
  finish(): void {
    for (const [key, header] of [...this.#folders].toReversed()) {
      const place = this.#find(key.split('/'), false)
      try {
        if (place.found?.isDirectory()) setTimes(inFolder(place.folder, place.name), header)
      } finally {
        place.close()
      }
    }
  }

  /** Closes what is open. Idempotent. */
  close(): void {
    if (this.#file) closeSync(this.#file.fd)
    this.#file = undefined
    this.#forget()
  }

  #renamed(parts: BytePath[]): BytePath[] {
    const [first, ...rest] = parts
    const other = first === undefined ? undefined : this.#options.rename?.get(first)
    return other === undefined ? parts : [...partsOf(toBytes(other)), ...rest]
  }

  #find(parts: readonly BytePath[], follow = true): TreePlace {
    return lookUp(this.#view, [this.#base, ...parts].join('/'), { follow })
  }

  #folder(parts: readonly BytePath[]): Folder {
    const key = parts.join('/')
    if (this.#last?.key === key) return this.#last
    const found = this.#openFolder(parts)
    this.#forget()
    this.#last = { key, ...found }
    return this.#last
  }

  #forget(): void {
    if (this.#last) closeSync(this.#last.fd)
    this.#last = undefined
  }

  /** Those that are missing on the way are made. */
  #openFolder(parts: readonly BytePath[]): Pick<Folder, 'path' | 'fd'> {
    const place = this.#findOrMakeParent(parts)
    try {
      if (!place.found) {
        const made = inFolder(place.folder, place.name)
        mkdirSync(made, 0o755)
        const { uid, gid } = this.#ownerOf({ uid: 0, gid: 0 })
        if (this.#options.owner) lchownSync(made, uid, gid)
        return this.#openFolder(parts)
      }
      if (!place.found.isDirectory() || place.self === undefined) throw notFolder(place.path)
      return { path: place.path, fd: reopen(place.self) }
    } finally {
      place.close()
    }
  }

  #findOrMakeParent(parts: readonly BytePath[]): TreePlace {
    try {
      return this.#find(parts)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') throw notFolder(parts.join('/'))
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parts.length === 0) throw error
    }
    closeSync(this.#openFolder(parts.slice(0, -1)).fd)
    try {
      return this.#find(parts)
    } catch (error) {
      // A link to nothing.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw notFolder(parts.join('/'))
      throw error
    }
  }

  #createFile(folder: Folder, name: BytePath): { fd: number; covered: boolean } {
    const over = this.#over(folder, name)
    if (over !== undefined) return { fd: openContent(over), covered: true }
    let fd = -1
    try {
      this.#place(folder, name, () => {
        fd = openInRoot(folder.fd, toBytes(name), createFlags, 0o600, inside)
      })
      return { fd, covered: false }
    } catch (error) {
      // What is mounted there cannot be removed.
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY') throw error
      const self = openName(folder.fd, name)
      if (self === undefined) throw error
      try {
        return { fd: openContent(self), covered: true }
      } finally {
        closeSync(self)
      }
    }
  }

  #over({ path }: Folder, name: BytePath): number | undefined {
    return this.#view.over.get(`${path === '/' ? '' : path}/${name}`)
  }

  #makeFolder(folder: Folder, name: BytePath, header: TarHeader): void {
    const over = this.#over(folder, name)
    const self = over ?? openName(folder.fd, name)
    const isThere = self !== undefined && fstatSync(self).isDirectory()
    if (self !== undefined && self !== over) closeSync(self)
    if (!isThere) this.#place(folder, name, (place) => mkdirSync(place, 0o700), true)
    if (over === undefined) this.#dress(folder, name, header)
  }

  #makeHardLink(folder: Folder, name: BytePath, header: TarHeader): void {
    const missing = archiveError(`its hard link ${JSON.stringify(header.path.slice(0, 200))} names no file that is there`)
    let target: TreePlace
    try {
      target = this.#find(this.#renamed(partsOf(header.rawLinkTarget ?? header.linkTarget ?? '')), false)
    } catch {
      throw missing
    }
    try {
      if (!target.found || target.found.isDirectory()) throw missing
      const now = openName(folder.fd, name)
      const isSame = now !== undefined && fstatSync(now, { bigint: true }).ino === target.found.ino
      if (now !== undefined) closeSync(now)
      const from = inFolder(target.folder, target.name)
      if (!isSame) this.#place(folder, name, (place) => linkSync(from, place))
    } finally {
      target.close()
    }
  }

  #makeNode(folder: Folder, name: BytePath, header: TarHeader): void {
    if (header.type !== 'fifo' && !this.#options.devices) return
    const { deviceMajor: major = 0, deviceMinor: minor = 0 } = header
    if (major > 0xfff || minor > 0xfffff) throw archiveError('it holds a device with a number that does not exist')
    const type = header.type === 'fifo' ? fileTypes.fifo : header.type === 'block' ? fileTypes.block : fileTypes.character
    this.#place(folder, name, (place) => mknod(place, type | 0o600, major, minor))
    this.#dress(folder, name, header)
  }

  /** Runs `make`, once more after what has the name is gone. */
  #place(folder: Folder, name: BytePath, make: (place: Buffer) => void, makesFolder = false): void {
    const place = inFolder(folder.fd, name)
    try {
      return make(place)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const self = openName(folder.fd, name)
    if (self !== undefined) {
      const isFolder = fstatSync(self).isDirectory()
      closeSync(self)
      if (isFolder !== makesFolder && !this.#options.replaceFolders) throw refusal(name, isFolder)
      removeTree(folder.fd, name)
    }
    make(place)
  }

  #ownerOf({ uid, gid }: TreeOwner): TreeOwner {
    return this.#options.owner?.({ uid, gid }) ?? { uid, gid }
  }

  /** A member that stands for the folder itself. */
  #dressBase(header: TarHeader): void {
    const { fd } = this.#folder([])
    const { uid, gid } = this.#ownerOf(header)
    chownSync(`/proc/self/fd/${fd}`, uid, gid)
    chmodSync(`/proc/self/fd/${fd}`, header.mode)
  }

  /** Owner, mode, attributes and times of what was made; modes through a descriptor, so that no link can take its place. */
  #dress(folder: Folder, name: BytePath, header: TarHeader): void {
    const { uid, gid } = this.#ownerOf(header)
    const place = inFolder(folder.fd, name)
    lchownSync(place, uid, gid)
    if (header.type !== 'symlink') {
      const fd = openName(folder.fd, name)
      if (fd === undefined) return
      try {
        if (!fstatSync(fd).isSymbolicLink()) chmodSync(`/proc/self/fd/${fd}`, header.mode)
      } finally {
        closeSync(fd)
      }
    }
    setAttributes(place, header)
    if (header.type !== 'directory') setTimes(place, header)
  }
}

/** Opens the content of a plain file, emptied, by an O_PATH descriptor. */
function openContent(self: number): number {
  if (!fstatSync(self).isFile())
    throw new EngineError('InvalidArgument', 'Something else than a file is mounted where a file is to be written.')
  return openSync(`/proc/self/fd/${self}`, constants.O_WRONLY | constants.O_TRUNC | constants.O_NONBLOCK)
}

function setTimes(place: Buffer, header: TarHeader): void {
  utimensat(place, header.atime ?? header.mtime, header.mtime)
}

/** Attributes that a file system does not have, or this process may not set, are left out. */
function setAttributes(place: Buffer, { xattrs, path }: TarHeader): void {
  for (const [name, value] of xattrs ?? []) {
    // An archive must not steer overlay; labels belong to the host's policy.
    if (/^(?:trusted|user)\.overlay\.|^security\.selinux$/.test(name)) continue
    try {
      lsetxattr(place, name, Buffer.from(value))
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      if (code === 'EOPNOTSUPP' || code === 'EPERM') continue
      if (!['E2BIG', 'ERANGE', 'EINVAL'].includes(code)) throw error
      throw archiveError(`its file ${JSON.stringify(path.slice(0, 200))} has an extended attribute that cannot be`)
    }
  }
}

/** Parts below the base: absolute names begin there, `..` is resolved by text. @throws EngineError `ArchiveInvalid` when it leaves. */
function partsOf(path: string | Uint8Array): BytePath[] {
  const text = typeof path === 'string' ? toBytePath(path) : Buffer.from(path).toString('latin1')
  const parts: BytePath[] = []
  for (const part of text.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined)
      throw archiveError(`its member ${JSON.stringify(shownPath(text).slice(0, 200))} leads out of it`)
  }
  return parts
}

function archiveError(reason: string): EngineError {
  return new EngineError('ArchiveInvalid', `The archive is damaged or unsafe: ${reason}.`)
}

function notFolder(path: BytePath): EngineError {
  const shown = shownPath(path)
  return new EngineError('InvalidArgument', `${JSON.stringify(shown)} is not a folder: nothing can be put below it.`, {
    details: { path: shown },
  })
}

function refusal(name: BytePath, isFolder: boolean): EngineError {
  const shown = shownPath(name)
  const [there, not] = isFolder ? ['directory', 'non-directory'] : ['non-directory', 'directory']
  return new EngineError('InvalidArgument', `cannot overwrite ${there} ${JSON.stringify(shown)} with ${not}`, {
    details: { path: shown },
  })
}
