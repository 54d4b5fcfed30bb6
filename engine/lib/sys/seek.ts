import { constants } from 'node:os'

import { bind, lastErrno, systemError } from './libc.ts'

const fromStart = 0
const fromHere = 1
const toData = 3
const toHole = 4

/** lseek(2): where the next read or write of a program that gets the descriptor is to be. @throws an errno error */
export function seek(fd: number, offset: number): void {
  if (call(fd, offset, fromStart) < 0) throw systemError('lseek')
}

/** lseek(2): where the next one would be. @throws an errno error */
export function tell(fd: number): number {
  const offset = call(fd, 0, fromHere)
  if (offset < 0) throw systemError('lseek')
  return offset
}

/**
 * The next stretch of a plain file, from `offset`, that is not a hole: its first byte and the one after its last (lseek(2), SEEK_DATA).
 * Moves the descriptor's offset.
 * @returns nothing when only a hole follows. @throws an errno error
 */
export function nextData(fd: number, offset: number): { start: number; end: number } | undefined {
  const start = call(fd, offset, toData)
  if (start < 0) {
    if (lastErrno() === constants.errno.ENXIO) return undefined
    throw systemError('lseek')
  }
  const end = call(fd, start, toHole)
  if (end < 0) throw systemError('lseek')
  return { start, end }
}

const call = (fd: number, offset: number, whence: number): number =>
  Number(bind('lseek', 'int64', ['int', 'int64', 'int'])(fd, BigInt(offset), whence))
