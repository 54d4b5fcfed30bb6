import { bind, check } from './libc.ts'

const closeOnExec = 0o2000000
const setPipeSize = 1031

/**
 * pipe2(2): both ends, closed on exec. Reads and writes block. The caller closes both ends.
 *
 * @param bytes how much it should hold; where that is not allowed (/proc/sys/fs/pipe-max-size) it holds the usual 64 KiB.
 * @throws an errno error, `EMFILE`.
 */
export function openPipe(bytes?: number): { read: number; write: number } {
  const ends = new Int32Array(2)
  check('pipe2', undefined, bind('pipe2', 'int', ['void *', 'int'])(Buffer.from(ends.buffer), closeOnExec))
  // Variadic, but on the ABIs Node runs on integer arguments go the same way.
  if (bytes !== undefined) bind('fcntl', 'int', ['int', 'int', 'int'])(ends[1]!, setPipeSize, bytes)
  return { read: ends[0]!, write: ends[1]! }
}
