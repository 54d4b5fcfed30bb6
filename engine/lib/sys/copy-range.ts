import { readSync, writeSync } from 'node:fs'

import { bind, lastErrno, systemError } from './libc.ts'

/** Errors that only mean that the kernel cannot do it for these two files (copy_file_range(2)). */
const unable = new Set([18, 22, 38, 95]) // EXDEV, EINVAL, ENOSYS, EOPNOTSUPP

/**
 * copy_file_range(2): copies bytes between two plain files inside the kernel, or shares them where the file system can; read and
 * written where it cannot.
 * @returns how many bytes were copied; fewer than asked for only at the end of `from`.
 * @throws an errno error, `ENOSPC`.
 */
export function copyRange(from: number, fromOffset: number, to: number, toOffset: number, length: number): number {
  const offsets = [new BigInt64Array([BigInt(fromOffset)]), new BigInt64Array([BigInt(toOffset)])] as const
  const [source, target] = offsets.map((each) => Buffer.from(each.buffer))
  const call = bind('copy_file_range', 'int64', ['int', 'void *', 'int', 'void *', 'uint64', 'uint32'])
  let done = 0
  while (done < length) {
    // It advances both offsets itself.
    const size = Number(call(from, source, to, target, length - done, 0))
    if (size === 0) return done
    if (size < 0 && unable.has(lastErrno()))
      return done + readAndWrite(from, fromOffset + done, to, toOffset + done, length - done)
    if (size < 0) throw systemError('copy_file_range')
    done += size
  }
  return done
}

function readAndWrite(from: number, fromOffset: number, to: number, toOffset: number, length: number): number {
  const buffer = Buffer.allocUnsafe(Math.min(length, 1024 * 1024))
  let done = 0
  while (done < length) {
    const size = readSync(from, buffer, 0, Math.min(buffer.length, length - done), fromOffset + done)
    if (size === 0) return done
    for (let at = 0; at < size;) at += writeSync(to, buffer, at, size - at, toOffset + done + at)
    done += size
  }
  return done
}
