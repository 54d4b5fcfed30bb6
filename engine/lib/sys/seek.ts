import { bind, systemError } from './libc.ts'

const fromStart = 0
const fromHere = 1

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

const call = (fd: number, offset: number, whence: number): number =>
  Number(bind('lseek', 'int64', ['int', 'int64', 'int'])(fd, BigInt(offset), whence))
