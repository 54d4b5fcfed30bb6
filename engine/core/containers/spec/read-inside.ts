import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, readSync, type Stats } from 'node:fs'
import path from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { openInRoot } from '../../../lib/sys/index.ts'

/** What an image that is not hostile stays well below, bytes. */
const largestFile = 4 * 1024 * 1024
const maxLinks = 40
// Names a file without opening it (open(2)): what is a fifo or a device is left alone.
const pathOnly = 0o10000000
/** Where the kernel's file systems are in every container. */
const kernelPlaces = ['/dev', '/proc', '/sys']

/**
 * The text of a file in a container's file system at `root`, without leaving it; empty where there is none.
 *
 * Only a plain file is opened. A runtime reads /etc/passwd and /etc/group too, inside the container, and would wait for a fifo or
 * a terminal for ever: links that end in the container's /dev, /proc or /sys are refused as well.
 *
 * @param options.device `empty` treats a device as an empty file, for callers that can do without it.
 * @throws EngineError `RootfsInvalid`, which says what is there instead of a plain file of at most 4 MiB.
 */
export function readInside(root: string, file: string, options: { device?: 'empty' | 'refuse' } = {}): string {
  const folder = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    requireOutsideKernelPlaces(folder, file)
    return withFile(folder, file, (fd, found) => {
      if (isDevice(found) && options.device === 'empty') return ''
      if (!found.isFile()) throw refusal(file, `it is a ${kindOf(found)}`)
      if (found.size > largestFile) throw refusal(file, `it is larger than ${largestFile / 1024 / 1024} MiB`)
      return readAll(fd, found.size)
    })
  } finally {
    closeSync(folder)
  }
}

/** Opens the file and stats it; empty if there is none. */
function withFile(folder: number, file: string, use: (fd: number, found: Stats) => string): string {
  let fd: number
  try {
    fd = openInRoot(folder, file, pathOnly)
  } catch (error) {
    if (isMissing(error)) return ''
    throw error
  }
  try {
    return use(fd, fstatSync(fd))
  } finally {
    closeSync(fd)
  }
}

function readAll(named: number, size: number): string {
  // The file that was examined, whatever has its name by now.
  const fd = openSync(`/proc/self/fd/${named}`, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const buffer = Buffer.alloc(size)
    let length = 0
    for (let read = -1; read !== 0 && length < size; length += read) read = readSync(fd, buffer, length, size - length, null)
    return buffer.toString('utf8', 0, length)
  } finally {
    closeSync(fd)
  }
}

/** @throws EngineError `RootfsInvalid` for a file that will be in one of the {@link kernelPlaces}. */
function requireOutsideKernelPlaces(root: number, file: string): void {
  const real = realPlace(root, file)
  if (isKernels(real)) throw refusal(file, `it is a link to ${real}`)
}

/**
 * Where a name leads as the container will see it, up to the first of the {@link kernelPlaces}. Name by name and not by the kernel,
 * since an image need not have the folders that will be there, and may have others in their place.
 */
function realPlace(root: number, file: string): string {
  let real = '/'
  let links = 0
  const names = file.split('/')
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    const next = path.posix.join(real, name)
    const target = isKernels(next) ? undefined : linkTarget(root, real, name)
    if (isKernels(next) || (target !== undefined && ++links > maxLinks)) return next
    if (target === undefined) real = next
    else {
      names.unshift(...target.split('/'))
      if (target.startsWith('/')) real = '/'
    }
  }
  return real
}

function isKernels(place: string): boolean {
  return kernelPlaces.some((top) => place.startsWith(`${top}/`))
}

function linkTarget(root: number, folder: string, name: string): string | undefined {
  if (['', '.', '..'].includes(name)) return undefined
  let parent: number | undefined
  try {
    parent = openInRoot(root, folder, pathOnly | constants.O_DIRECTORY)
    const place = `/proc/self/fd/${parent}/${name}`
    return lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(place) : undefined
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  } finally {
    if (parent !== undefined) closeSync(parent)
  }
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ELOOP', 'EXDEV', 'ENAMETOOLONG'].includes((error as NodeJS.ErrnoException).code ?? '')
}

function isDevice(found: Stats): boolean {
  return found.isCharacterDevice() || found.isBlockDevice()
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'folder'
  if (found.isFIFO()) return 'fifo'
  if (found.isSocket()) return 'socket'
  return found.isBlockDevice() ? 'block device' : 'character device'
}

function refusal(file: string, why: string): EngineError {
  return new EngineError('RootfsInvalid', `/${file} in the container's file system cannot be read: ${why}; use another image.`, {
    details: { file: `/${file}` },
  })
}
