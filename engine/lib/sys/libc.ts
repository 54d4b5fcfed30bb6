import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'

/** A path as text, or as bytes when a name is not valid UTF-8. */
export type PathLike = string | Buffer

interface NativeFunction {
  (...values: unknown[]): number
  /** Calls it on another thread, whose errno is not seen here; the last value is called with an error of the call, or its result. */
  async(...values: unknown[]): void
}
interface Native {
  load(path: string | null): { func(name: string, result: string, parameters: string[]): NativeFunction }
  errno(): number
}

let native: Native | undefined
let libc: ReturnType<Native['load']> | undefined
const bound = new Map<string, NativeFunction>()
const errnoNames = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]))

/**
 * A function of the C library, bound on first use.
 *
 * `bind('flock', 'int', ['int', 'int'])` is cached by its name, or by `key` where one name has several shapes.
 */
export function bind(name: string, result: string, parameters: string[], key = name): NativeFunction {
  let found = bound.get(key)
  if (!found) {
    native ??= loadNative()
    libc ??= native.load(null)
    found = libc.func(name, result, parameters)
    bound.set(key, found)
  }
  return found
}

/** Its native part alone takes 1.4 ms to load, by its path; with Node's search for it 3, with the package's own 9. */
function loadNative(): Native {
  const platform = `linux-${process.arch}`
  const part = `node_modules/@koromix/koffi-${platform}/${platform.replace('-', '_')}/koffi.node`
  try {
    const loaded = { exports: {} as Native }
    process.dlopen(loaded, placeAbove(part))
    return loaded.exports
  } catch {
    return createRequire(import.meta.url)('koffi') as Native
  }
}

/** A path below the nearest folder above this file that has it. */
function placeAbove(part: string): string {
  let folder = new URL('.', import.meta.url)
  while (folder.pathname !== '/' && !existsSync(new URL(part, folder))) folder = new URL('..', folder)
  return decodeURIComponent(new URL(part, folder).pathname)
}

/** The number of the last failure of a bound function on this thread. */
export function lastErrno(): number {
  return native?.errno() ?? 0
}

/** An error in the form of Node's own `fs` errors: `code` (`EBUSY`…), `errno`, `syscall` and `path`. */
export function systemError(syscall: string, path?: PathLike, errno = lastErrno()): NodeJS.ErrnoException {
  const code = errnoNames.get(errno) ?? `ERRNO_${errno}`
  const place = path === undefined ? '' : ` '${path.toString()}'`
  const error: NodeJS.ErrnoException = new Error(`${code}: ${syscall}${place}`)
  error.code = code
  error.errno = -errno
  error.syscall = syscall
  if (path !== undefined) error.path = path.toString()
  return error
}

/** Runs a bound function; a negative answer is thrown as a {@link systemError}. */
export function check(syscall: string, path: PathLike | undefined, result: number): number {
  if (result < 0) throw systemError(syscall, path)
  return result
}

/** A path for C: refuses an embedded NUL, which would silently name another file. */
export function cPath(path: PathLike): PathLike {
  if (typeof path === 'string') {
    if (path.includes('\0')) throw systemError('path', path.replaceAll('\0', '\\0'), constants.errno.EINVAL)
    return path
  }
  if (path.includes(0)) throw systemError('path', path, constants.errno.EINVAL)
  return Buffer.concat([path, Buffer.of(0)])
}
