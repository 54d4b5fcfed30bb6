import { lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync, type Stats, unlinkSync } from 'node:fs'

import { layerInvalid } from '../failures.ts'
import { isWhiteout } from './marks.ts'
import { type BinaryPath, toBinary, toFile } from '../paths.ts'

const maxLinks = 40
/** Parts that the links on the way to one folder may have together. */
const maxSteps = 4096
/**
 * Bytes of the names of folders that are kept in memory: a name of 4 KiB makes two thousand folders with names of 2 KiB each, so that
 * a layer of a megabyte could fill it.
 */
export const nameLimits = {
  /** The cache is cleared beyond it. */
  remembered: 32 * 1024 * 1024,
  implied: 64 * 1024 * 1024,
  /** A million folders have names of about a hundred bytes. */
  described: 128 * 1024 * 1024,
}

/** What the way to one folder has taken. */
interface Budget {
  links: number
  steps: number
}

/**
 * The folder a layer is unpacked into. Names are resolved as in a chroot at its root, one part at a time, so that no symbolic
 * link of the layer leads outside. Nobody else writes there meanwhile: the folder is ours alone.
 */
export class LayerTree {
  /** Binary text, without a slash at its end. */
  readonly #root: BinaryPath
  /** Member folder → real folder, both relative to the root. */
  readonly #folders = new Map<BinaryPath, BinaryPath>([['', '']])
  /** Folders that no member describes (yet): they take the attributes of the same folder in the layers below. */
  readonly implied = new Set<BinaryPath>([''])
  #remembered = 0
  #impliedBytes = 0
  readonly #opaque: (path: BinaryPath) => void

  readonly #limits: typeof nameLimits

  /** @param opaque marks a folder as hiding the layers below. */
  constructor(root: string, opaque: (path: BinaryPath) => void, limits = nameLimits) {
    this.#root = toBinary(root)
    this.#limits = limits
    this.#opaque = opaque
  }

  /** The absolute form of a real path. */
  absolute(real: BinaryPath): BinaryPath {
    return real === '' ? this.#root : `${this.#root}/${real}`
  }

  lstat(real: BinaryPath): Stats | undefined {
    return lstatSync(toFile(this.absolute(real)), { throwIfNoEntry: false })
  }

  /** The real folder of a member folder; folders that are missing on the way are made. @throws LayerInvalid */
  folder(parts: readonly BinaryPath[]): BinaryPath {
    const key = parts.join('/')
    const known = this.#folders.get(key)
    if (known !== undefined) return known
    const parent = this.folder(parts.slice(0, -1))
    const real = this.#enter(parent, parts.at(-1)!, { links: 0, steps: 0 })
    this.#remember(key, real)
    return real
  }

  /** Remembers a folder that was just made at its real path. */
  remember(real: BinaryPath): void {
    this.#remember(real, real)
  }

  #remember(key: BinaryPath, real: BinaryPath): void {
    this.#remembered += key.length
    if (this.#remembered > this.#limits.remembered) this.#forget()
    this.#folders.set(key, real)
  }

  #forget(): void {
    this.#folders.clear()
    this.#folders.set('', '')
    this.#remembered = 0
  }

  /**
   * Removes a member of the same name. Returns what was there.
   * @param gone is called with each folder that goes with it. They are looked for on the disk: to look through all that are known
   *   would take the square of their number for a layer that replaces each.
   */
  clear(real: BinaryPath, gone: (folder: BinaryPath) => void): Stats | undefined {
    const found = this.lstat(real)
    if (!found) return undefined
    if (found.isDirectory()) {
      for (const folder of this.#foldersFrom(real)) {
        this.implied.delete(folder)
        gone(folder)
      }
      rmSync(toFile(this.absolute(real)), { recursive: true, force: true })
    } else unlinkSync(toFile(this.absolute(real)))
    if (found.isDirectory() || found.isSymbolicLink()) {
      // Anything below or through it may now resolve differently.
      this.#forget()
    }
    return found
  }

  *#foldersFrom(real: BinaryPath): Generator<BinaryPath> {
    const folders = [real]
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      yield folder
      for (const entry of readdirSync(toFile(this.absolute(folder)), { encoding: 'latin1', withFileTypes: true }))
        if (entry.isDirectory()) folders.push(`${folder}/${entry.name}`)
    }
  }

  #enter(parent: BinaryPath, name: BinaryPath, budget: Budget): BinaryPath {
    const real = parent === '' ? name : `${parent}/${name}`
    const found = this.lstat(real)
    if (found?.isDirectory()) return real
    if (found?.isSymbolicLink()) return this.#follow(parent, real, budget)
    if (found && !isWhiteout(found))
      throw layerInvalid(`its member ${JSON.stringify(real.slice(0, 200))} is both a file and a folder`)
    if (found) unlinkSync(toFile(this.absolute(real)))
    mkdirSync(toFile(this.absolute(real)), 0o755)
    if (found) this.#opaque(this.absolute(real))
    this.implied.add(real)
    this.#impliedBytes += real.length
    if (this.#impliedBytes > this.#limits.implied) throw layerInvalid('it has too many folders that no member of it describes')
    return real
  }

  #follow(parent: BinaryPath, link: BinaryPath, budget: Budget): BinaryPath {
    if (++budget.links > maxLinks) throw layerInvalid(`its symbolic link ${JSON.stringify(link.slice(0, 200))} leads in circles`)
    const target = readlinkSync(toFile(this.absolute(link)), 'latin1')
    let at = target.startsWith('/') ? '' : parent
    for (const part of target.split('/')) {
      if (part === '' || part === '.') continue
      if (++budget.steps > maxSteps) throw layerInvalid(`its symbolic link ${JSON.stringify(link.slice(0, 200))} leads too far`)
      // As in a chroot, the parent of the root is the root.
      if (part === '..') at = at.slice(0, Math.max(0, at.lastIndexOf('/')))
      else at = this.#enter(at, part, budget)
    }
    return at
  }
}
