import { constants } from 'node:os'
import { takeTurns } from '../async/turns.ts'
import { bind, check, cPath, systemError } from './libc.ts'

/** Flags of mount(2), from linux/mount.h. */
export const mountFlags = {
  readOnly: 1,
  noSuid: 2,
  noDev: 4,
  noExec: 8,
  synchronous: 16,
  remount: 32,
  noAtime: 1024,
  bind: 4096,
  move: 8192,
  recursive: 16384,
  unbindable: 1 << 17,
  private: 1 << 18,
  slave: 1 << 19,
  shared: 1 << 20,
  relAtime: 1 << 21,
} as const

/** Flags of umount2(2). */
export const umountFlags = { force: 1, detach: 2, expire: 4, noFollow: 8 } as const

/** What mount(2) takes of option text before it cuts: one page, with its NUL. */
const optionLimit = 4095

/**
 * mount(2). Relative paths, also those inside `data`, are taken from the working directory.
 *
 * @throws an errno error; `E2BIG` if `data` would be cut off by the kernel.
 */
export function mount(source: string, target: string, type: string | null, flags: number, data: string | null = null): void {
  if (data !== null && Buffer.byteLength(data) > optionLimit) throw systemError('mount', target, constants.errno.E2BIG)
  const call = bind('mount', 'int', ['const char *', 'const char *', 'const char *', 'unsigned long', 'const char *'])
  check('mount', target, call(cPath(source), cPath(target), type, flags, data === null ? null : cPath(data)))
}

const umountCall = () => bind('umount2', 'int', ['const char *', 'int'])

/** umount2(2). @throws an errno error: `EINVAL` if nothing is mounted there, `EBUSY` while it is in use. */
export function umount2(target: string, flags = 0): void {
  check('umount2', target, umountCall()(cPath(target), flags))
}

/**
 * Unmounts the topmost mount at `target`; success also if nothing is mounted there or the path does not exist. Idempotent.
 *
 * @returns whether something was unmounted.
 */
export function unmountIfMounted(target: string, flags: number = umountFlags.noFollow): boolean {
  try {
    umount2(target, flags)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EINVAL' || code === 'ENOENT') return false
    throw error
  }
}

/** Calls that wait at once: a process has four threads for that, and what calls them refuses more than some hundreds. */
const inTurn = takeTurns(4)

/**
 * As {@link unmountIfMounted}, on a thread that may wait: an overlay that goes first writes out all that waits to be written to the file
 * system of its upper folder, by any process, which takes seconds on a busy disk.
 */
export async function unmountLater(target: string, flags: number = umountFlags.noFollow): Promise<boolean> {
  const isUnmounted = await inTurn(
    () =>
      new Promise<boolean>((resolve) =>
        umountCall().async(cPath(target), flags, (error: unknown, result: number) => resolve(!error && result === 0)),
      ),
  )
  return isUnmounted || unmountIfMounted(target, flags)
}
