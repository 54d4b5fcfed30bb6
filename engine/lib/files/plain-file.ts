import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

/**
 * Opens a plain file for reading. In folders of other people there may be a fifo or a device in its place, which this thread would
 * wait for without end.
 * @param flags more than O_RDONLY, such as O_NOFOLLOW.
 * @throws an errno error of open(2), and an `Error` when it is no plain file
 */
export function openPlain(path: string | Buffer, flags = 0): number {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | flags)
  if (fstatSync(fd).isFile()) return fd
  closeSync(fd)
  throw new Error('it is no plain file')
}

/**
 * The content of a small plain file.
 * @throws as {@link openPlain}, and an `Error` beyond `maxBytes`
 */
export function readPlain(path: string, maxBytes: number): Buffer {
  const fd = openPlain(path)
  try {
    const { size } = fstatSync(fd)
    if (size > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`)
    const bytes = Buffer.alloc(size)
    let length = 0
    for (let read = 1; read > 0 && length < size; length += read) read = readSync(fd, bytes, length, size - length, length)
    return bytes.subarray(0, length)
  } finally {
    closeSync(fd)
  }
}
