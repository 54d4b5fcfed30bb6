import { type BigIntStats, closeSync, constants, fstatSync, openSync, readlinkSync } from 'node:fs'
import { constants as system } from 'node:os'

import { openInRoot, pathOnly, resolveFlags } from '../sys/index.ts'
import { systemError } from '../sys/libc.ts'

/** A path as one character a byte, since names need not be UTF-8. */
export type BytePath = string

/** A tree as a process sees it that has `root` as its root: neither links nor `..` lead out of it. */
export interface TreeView {
  /** Descriptor of the root folder. */
  readonly root: number
  /** What lies over names of the tree, by absolute path without links: descriptors of folders and files. */
  readonly over: ReadonlyMap<BytePath, number>
}

/** A name in a tree, whether there is anything of that name or not. Its descriptors are closed by {@link TreePlace.close}. */
export interface TreePlace {
  /** Absolute, without links. */
  readonly path: BytePath
  /** Descriptor of the folder that has the name. */
  readonly folder: number
  /** `.` where the place is the tree's root, or something that lies over it. */
  readonly name: BytePath
  /** Descriptor of what is there, opened with O_PATH; none where there is nothing. */
  readonly self: number | undefined
  readonly found: BigIntStats | undefined
  /** Idempotent. */
  close(): void
}

const maxLinks = 40
/** Names that one path may lead through, those of links included. */
const maxSteps = 4096
/** Attempts at a name that others change meanwhile. */
const attempts = 100

export const toBytes = (path: BytePath): Buffer => Buffer.from(path, 'latin1')
export const toBytePath = (text: string): BytePath => Buffer.from(text).toString('latin1')
/** A path as text, for messages. */
export const shownPath = (path: BytePath): string => toBytes(path).toString('utf8')

/** Where a name in an open folder is reached: the folder stays the same, whatever takes its own name. */
export function inFolder(folder: number, name: BytePath): Buffer {
  return toBytes(`/proc/self/fd/${folder}/${name}`)
}

/**
 * Finds a path in a tree, a name at a time: each is looked up in an open folder, so that nobody can lead it elsewhere meanwhile.
 *
 * @param follow whether a link that the path ends with is followed.
 * @throws an errno error: `ENOENT` or `ENOTDIR` for a folder on the way that is missing or none, `ELOOP` for links in circles.
 */
export function lookUp(view: TreeView, path: BytePath, { follow = true }: { follow?: boolean } = {}): TreePlace {
  const walk = new Walk(view)
  try {
    return walk.find(path, follow)
  } finally {
    walk.close()
  }
}

interface Level {
  fd: number
  path: BytePath
  /** Whether the walk opened it. */
  own: boolean
}

interface Entry {
  fd: number
  own: boolean
  found: BigIntStats
  target?: BytePath
}

class Walk {
  readonly #view: TreeView
  readonly #levels: Level[]

  constructor(view: TreeView) {
    this.#view = view
    this.#levels = [{ fd: view.root, path: '', own: false }]
  }

  find(path: BytePath, follow: boolean): TreePlace {
    const pending = namesOf(path).toReversed()
    let links = 0
    for (let steps = 0; ; steps += 1) {
      const name = pending.pop()
      if (name === undefined) return this.#here()
      if (steps > maxSteps) throw failure('ELOOP', path)
      if (name === '..') {
        this.#up()
        continue
      }
      const entry = this.#entry(name)
      const last = pending.length === 0
      if (entry?.target !== undefined && (follow || !last)) {
        closeSync(entry.fd)
        if (++links > maxLinks) throw failure('ELOOP', path)
        if (entry.target.startsWith('/')) this.#upTo(0)
        pending.push(...namesOf(entry.target).toReversed())
      } else if (entry?.found.isDirectory()) {
        this.#levels.push({ fd: entry.fd, path: this.#below(name), own: entry.own })
      } else if (last) return this.#there(name, entry)
      else {
        if (entry?.own) closeSync(entry.fd)
        throw failure(entry ? 'ENOTDIR' : 'ENOENT', path)
      }
    }
  }

  close(): void {
    this.#upTo(0)
  }

  get #top(): Level {
    return this.#levels.at(-1)!
  }

  #below(name: BytePath): BytePath {
    return `${this.#top.path}/${name}`
  }

  /** As in a chroot, the parent of the root is the root. */
  #up(): void {
    if (this.#levels.length > 1) this.#upTo(this.#levels.length - 2)
  }

  #upTo(index: number): void {
    for (const { fd, own } of this.#levels.splice(index + 1)) if (own) closeSync(fd)
  }

  #entry(name: BytePath): Entry | undefined {
    const over = this.#view.over.get(this.#below(name))
    if (over !== undefined) return { fd: over, own: false, found: fstatSync(over, { bigint: true }) }
    for (let attempt = 1; ; attempt += 1) {
      const fd = openName(this.#top.fd, name)
      if (fd === undefined) return undefined
      const found = fstatSync(fd, { bigint: true })
      if (!found.isSymbolicLink()) return { fd, own: true, found }
      try {
        return { fd, own: true, found, target: readlinkSync(inFolder(this.#top.fd, name), 'latin1') }
      } catch (error) {
        closeSync(fd)
        // It was replaced meanwhile.
        if (attempt === attempts) throw error
      }
    }
  }

  /** The folder that the path has led to. */
  #here(): TreePlace {
    const { fd, path } = this.#top
    const at = path.lastIndexOf('/')
    const parent = this.#levels.at(-2)
    const isOwn = parent !== undefined && !this.#view.over.has(path)
    return place(path, isOwn ? parent.fd : fd, isOwn ? path.slice(at + 1) : '.', reopen(fd))
  }

  #there(name: BytePath, entry: Entry | undefined): TreePlace {
    const path = this.#below(name)
    const self = entry && (entry.own ? entry.fd : reopenFile(entry.fd))
    return place(path, this.#top.fd, name, self)
  }
}

function place(path: BytePath, folder: number, name: BytePath, self: number | undefined): TreePlace {
  const own = reopen(folder)
  let open = true
  return {
    path: path === '' ? '/' : path,
    folder: own,
    name,
    self,
    found: self === undefined ? undefined : fstatSync(self, { bigint: true }),
    close() {
      if (!open) return
      open = false
      closeSync(own)
      if (self !== undefined) closeSync(self)
    },
  }
}

/** Another descriptor of the same folder. */
export function reopen(folder: number): number {
  return openInRoot(folder, '.', pathOnly | constants.O_DIRECTORY)
}

/** The link in /proc leads to the file itself. */
function reopenFile(fd: number): number {
  return openSync(`/proc/self/fd/${fd}`, pathOnly)
}

/** What has a name in a folder, a link itself; `undefined` where there is nothing. */
export function openName(folder: number, name: BytePath, flags = pathOnly): number | undefined {
  try {
    return openInRoot(folder, toBytes(name), flags | constants.O_NOFOLLOW, 0, resolveFlags.beneath | resolveFlags.noMagicLinks)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function namesOf(path: BytePath): BytePath[] {
  return path.split('/').filter((name) => name !== '' && name !== '.')
}

function failure(code: 'ENOENT' | 'ENOTDIR' | 'ELOOP', path: BytePath): NodeJS.ErrnoException {
  return systemError('lookup', shownPath(path), system.errno[code])
}
