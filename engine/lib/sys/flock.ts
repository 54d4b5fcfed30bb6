import { constants } from 'node:os'
import { bind, lastErrno, systemError } from './libc.ts'

/** Operations of flock(2). */
export const LOCK_SH = 1
export const LOCK_EX = 2
export const LOCK_NB = 4
export const LOCK_UN = 8

/**
 * flock(2) on an open file. The lock belongs to the open file description: the kernel releases it when the last
 * descriptor is closed, also by a crash.
 *
 * @returns whether the lock was taken; `false` only with `LOCK_NB`, when someone else holds it.
 * @throws any other errno error.
 */
export function flock(fd: number, operation: number): boolean {
  const call = bind('flock', 'int', ['int', 'int'])
  for (;;) {
    if (call(fd, operation) === 0) return true
    const errno = lastErrno()
    if (errno === constants.errno.EAGAIN) return false
    if (errno !== constants.errno.EINTR) throw systemError('flock', undefined, errno)
  }
}
