import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  futimesSync,
  linkSync,
  mkdirSync,
  openSync,
  type Stats,
  symlinkSync,
  writeSync,
} from 'node:fs'

import { fileTypes, mknod } from '../../lib/sys/index.ts'
import type { TarHeader, TarSink } from '../../lib/tar/index.ts'
import { type AttributeOptions, setAttributes, setOwner, setTimes, wholeSeconds } from './attributes.ts'
import { layerInvalid } from '../failures.ts'
import { LayerTree, nameLimits } from './layer-tree.ts'
import { isWhiteout, markOpaque, markRemoved, opaqueName, whiteoutPrefix } from './marks.ts'
import { type BinaryPath, linkParts, memberParts, toBinary, toFile } from '../paths.ts'

export interface WriterOptions extends AttributeOptions {
  /** An empty folder that nobody else can reach. */
  root: string
  nameLimits?: typeof nameLimits
  /** Called for removals instead of marking them. */
  onWhiteout?: (tree: LayerTree, real: BinaryPath, opaque: boolean) => void
}

/** Turns members into files. */
export interface LayerWriter extends TarSink {
  /** Sets what must wait until all members are there: modes and times of folders. */
  finish(): void
  /** Folders that no member described. */
  implied(): BinaryPath[]
  /** Closes what is open. Idempotent. */
  close(): void
}

const metaPrefix = '.wh..wh.'
const createFlags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW

/** Unpacks members into `options.root` as they come. Nothing is ever written outside that folder. */
export function createLayerWriter(options: WriterOptions): LayerWriter {
  return new Writer(options)
}

class Writer implements LayerWriter {
  readonly #options: WriterOptions
  readonly #tree: LayerTree
  /** Folders by real path, in the order they came. */
  readonly #folders = new Map<BinaryPath, TarHeader>()
  /** Bytes of their names. */
  #described = 0
  #file: { fd: number; header: TarHeader; path: BinaryPath } | undefined

  constructor(options: WriterOptions) {
    this.#options = options
    this.#tree = new LayerTree(options.root, (path) => this.#markOpaque(path), options.nameLimits)
  }

  entry(header: TarHeader): void {
    const parts = memberParts(header)
    const name = parts.pop()
    if (name === undefined) {
      if (header.type !== 'directory') throw layerInvalid('its root is not a folder')
      return this.#describe('', header)
    }
    // Other `.wh..wh.` names are aufs's own bookkeeping.
    if (parts.some((part) => part.startsWith(metaPrefix)) || (name.startsWith(metaPrefix) && name !== opaqueName)) return
    const parent = this.#tree.folder(parts)
    if (name.startsWith(whiteoutPrefix)) return this.#whiteout(parent, name)
    const real = parent === '' ? name : `${parent}/${name}`
    switch (header.type) {
      case 'file':
        return this.#beginFile(real, header)
      case 'directory':
        return this.#makeFolder(real, header)
      case 'symlink':
        this.#place(real, (path) => symlinkSync(toFile(toBinary(header.linkTarget!, header.rawLinkTarget)), toFile(path)))
        return this.#finishNode(real, header)
      case 'hardlink':
        return this.#makeHardLink(real, header)
      default:
        return this.#makeDevice(real, header)
    }
  }

  data(chunk: Buffer): void {
    if (!this.#file) return
    for (let at = 0; at < chunk.length;) at += writeSync(this.#file.fd, chunk, at)
  }

  end(): void {
    if (!this.#file) return
    const { fd, header, path } = this.#file
    const { owner } = this.#options
    if (header.uid !== owner.uid || header.gid !== owner.gid) setOwner(header, () => fchownSync(fd, header.uid, header.gid))
    fchmodSync(fd, header.mode)
    setAttributes(path, header, this.#options)
    // Node's own call is cheaper than ours, but keeps no nanoseconds.
    if (wholeSeconds(header)) futimesSync(fd, Number(header.mtime / 1_000_000_000n), Number(header.mtime / 1_000_000_000n))
    else setTimes(path, header)
    this.close()
  }

  finish(): void {
    for (const [real, header] of [...this.#folders].toReversed()) {
      if (!this.#tree.lstat(real)?.isDirectory()) continue
      const fd = openSync(toFile(this.#tree.absolute(real)), constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
      try {
        fchmodSync(fd, header.mode)
      } finally {
        closeSync(fd)
      }
      setTimes(this.#tree.absolute(real), header)
    }
  }

  implied(): BinaryPath[] {
    return [...this.#tree.implied].filter((real) => this.#tree.lstat(real)?.isDirectory()).toSorted()
  }

  close(): void {
    if (this.#file) closeSync(this.#file.fd)
    this.#file = undefined
  }

  #beginFile(real: BinaryPath, header: TarHeader): void {
    let fd = -1
    this.#place(real, (path) => {
      fd = openSync(toFile(path), createFlags, 0o600)
    })
    this.#file = { fd, header, path: this.#tree.absolute(real) }
  }

  #makeFolder(real: BinaryPath, header: TarHeader): void {
    const path = this.#tree.absolute(real)
    if (!tryOnce(() => mkdirSync(toFile(path), 0o700), 'EEXIST')) {
      if (!this.#tree.lstat(real)?.isDirectory()) {
        const before = this.#clear(real)
        mkdirSync(toFile(path), 0o700)
        // The name was removed and created again in this layer: the layers below must not show through.
        if (before && isWhiteout(before)) this.#markOpaque(path)
      }
    }
    this.#tree.remember(real)
    this.#describe(real, header)
  }

  /** Mode and times come last: a setgid folder would hand down its group, and each new member changes the times. */
  #describe(real: BinaryPath, header: TarHeader): void {
    this.#tree.implied.delete(real)
    if (!this.#folders.delete(real)) this.#described += real.length
    if (this.#described > (this.#options.nameLimits ?? nameLimits).described)
      throw layerInvalid('the names of its folders are too long for so many')
    this.#folders.set(real, header)
    this.#finishNode(real, header, false)
  }

  #makeHardLink(real: BinaryPath, header: TarHeader): void {
    const parts = linkParts(header)
    const name = parts.pop()
    const parent = this.#tree.folder(parts)
    const target = name === undefined ? '' : parent === '' ? name : `${parent}/${name}`
    if (target === real) return
    const found = target === '' ? undefined : this.#tree.lstat(target)
    if (!found || found.isDirectory()) {
      throw layerInvalid(
        `its hard link ${JSON.stringify(real.slice(0, 200))} names ${JSON.stringify(target.slice(0, 200))}, which is no file of the layer`,
      )
    }
    this.#place(real, (path) => linkSync(toFile(this.#tree.absolute(target)), toFile(path)))
  }

  #makeDevice(real: BinaryPath, header: TarHeader): void {
    // A user namespace may not make devices; podman leaves them out as well.
    if (header.type !== 'fifo' && this.#options.rootless) return
    const { deviceMajor: major = 0, deviceMinor: minor = 0 } = header
    if (major > 0xfff || minor > 0xfffff)
      throw layerInvalid(`its device ${JSON.stringify(real.slice(0, 200))} has a number that does not exist`)
    const type = header.type === 'fifo' ? fileTypes.fifo : header.type === 'block' ? fileTypes.block : fileTypes.character
    this.#place(real, (path) => mknod(toFile(path), type | 0o600, major, minor))
    this.#finishNode(real, header)
  }

  /** Runs `make`, once more after clearing the name if something was there: later members replace earlier ones. */
  #place(real: BinaryPath, make: (path: BinaryPath) => void): void {
    const path = this.#tree.absolute(real)
    if (tryOnce(() => make(path), 'EEXIST')) return
    this.#clear(real)
    make(path)
  }

  /**
   * Drops the cached folders below, too: their names may come to lead through a symbolic link, and what is set at the end must not
   * follow it out.
   */
  #clear(real: BinaryPath): Stats | undefined {
    return this.#tree.clear(real, (folder) => this.#folders.delete(folder))
  }

  #finishNode(real: BinaryPath, header: TarHeader, times = true): void {
    const path = this.#tree.absolute(real)
    setAttributes(path, header, this.#options, true)
    if (times) setTimes(path, header)
  }

  #whiteout(parent: BinaryPath, name: BinaryPath): void {
    const { onWhiteout } = this.#options
    if (name === opaqueName) {
      if (onWhiteout) onWhiteout(this.#tree, parent, true)
      else this.#markOpaque(this.#tree.absolute(parent))
      return
    }
    const target = name.slice(whiteoutPrefix.length)
    if (target === '' || target === '.' || target === '..')
      throw layerInvalid(`its whiteout ${JSON.stringify(name)} names nothing`)
    const real = parent === '' ? target : `${parent}/${target}`
    if (onWhiteout) return onWhiteout(this.#tree, real, false)
    const found = this.#tree.lstat(real)
    // Removals count for the layers below, wherever in the archive they stand.
    if (found?.isDirectory()) this.#markOpaque(this.#tree.absolute(real))
    else if (!found) markRemoved(this.#tree.absolute(parent), target, this.#options.marks)
  }

  #markOpaque(path: BinaryPath): void {
    markOpaque(path, this.#options.marks)
  }
}

function tryOnce(action: () => void, expected: string): boolean {
  try {
    action()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === expected) return false
    throw error
  }
}
