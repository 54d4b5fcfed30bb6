import { constants } from 'node:os'
import { arch } from 'node:process'
import { bind, check, cPath, type PathLike, systemError } from './libc.ts'

/** File types for {@link mknod}, to be combined with permission bits (sys/stat.h). */
export const fileTypes = { fifo: 0o010000, character: 0o020000, block: 0o060000, regular: 0o100000, socket: 0o140000 } as const

const atFdCwd = -100
const symlinkNoFollow = 0x100
// By number, since a C library older than 2.33 has no such symbol.
const mknodatNumber: Record<string, number> = { x64: 259, arm64: 33 }
const openat2Number = 437

/** The kernel's number for a device, as in `st_rdev` (sys/sysmacros.h). */
export function makeDevice(major: number, minor: number): bigint {
  const high = BigInt(major)
  const low = BigInt(minor)
  return (low & 0xffn) | ((high & 0xfffn) << 8n) | ((low & ~0xffn) << 12n) | ((high & ~0xfffn) << 32n)
}

/**
 * mknod(2): a device, fifo or socket file. `mode` is a file type and permissions, less the umask.
 *
 * @throws an errno error; `EPERM` for real devices in a user namespace (0:0, the whiteout, works there).
 */
export function mknod(path: PathLike, mode: number, major = 0, minor = 0): void {
  const number = mknodatNumber[arch]
  if (number === undefined) throw systemError('mknod', path, constants.errno.ENOSYS)
  const call = bindSyscall('mknodat', ['int', 'const char *', 'uint32_t', 'uint32_t'])
  // The system call takes 32 bits, which is all Linux stores.
  const device = Number(makeDevice(major, minor) & 0xffffffffn)
  check('mknod', path, call(number, atFdCwd, cPath(path), mode, device))
}

/** Access and change time of `path` itself in nanoseconds since 1970, without Node's loss of precision. Negative is before. */
export function utimensat(path: PathLike, atimeNs: bigint, mtimeNs: bigint): void {
  const times = new BigInt64Array(4)
  setTime(times, 0, atimeNs)
  setTime(times, 2, mtimeNs)
  const call = bind('utimensat', 'int', ['int', 'const char *', 'const void *', 'int'])
  check('utimensat', path, call(atFdCwd, cPath(path), Buffer.from(times.buffer), symlinkNoFollow))
}

function setTime(times: BigInt64Array, at: number, nanoseconds: bigint): void {
  const rest = ((nanoseconds % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n
  times[at] = (nanoseconds - rest) / 1_000_000_000n
  times[at + 1] = rest
}

/** O_PATH of open(2), which Node does not name: a descriptor that only stands for a file or folder. */
export const pathOnly = 0o10000000

/** How openat2(2) walks a path (linux/openat2.h). */
export const resolveFlags = { noCrossDevice: 1, noMagicLinks: 2, noSymlinks: 4, beneath: 8, inRoot: 16 } as const

/**
 * Opens `path` as seen from inside `root`: `..`, absolute paths and links cannot leave it.
 *
 * @param flags as for open(2), e.g. `constants.O_RDONLY`; O_CLOEXEC is always added.
 * @param resolve {@link resolveFlags}; by default `inRoot | noMagicLinks`.
 * @returns a descriptor that the caller closes.
 * @throws an errno error; `ELOOP` for too many or forbidden links, `EXDEV` for an escape.
 */
export function openInRoot(
  root: number,
  path: PathLike,
  flags: number,
  mode = 0,
  resolve: number = resolveFlags.inRoot | resolveFlags.noMagicLinks,
): number {
  const closeOnExec = 0o2000000
  const how = new BigUint64Array([BigInt(flags | closeOnExec), BigInt(mode), BigInt(resolve)])
  const call = bindSyscall('openat2', ['int', 'const char *', 'const void *', 'size_t'])
  return check('openat2', path, call(openat2Number, root, cPath(path), Buffer.from(how.buffer), 24))
}

/** The variadic `syscall` with fixed parameters: on the ABIs Node runs on, integer arguments go the same way. */
function bindSyscall(shape: string, parameters: string[]): (...values: unknown[]) => number {
  return bind('syscall', 'long', ['long', ...parameters], shape)
}
