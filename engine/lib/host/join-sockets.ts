import { createConnection, Socket } from 'node:net'

import { duplicateDescriptor } from '../sys/index.ts'

/**
 * Bytes that are read at once. A socket reads into one buffer of its own again and again: a new one for each read costs more than the
 * copying. Of a connection that says little only the first page of it is ever in memory.
 */
const readSize = 256 * 1024

/**
 * Joins a connection that a server of `pauseOnConnect` accepted with a new one to `host`. What one side cannot take yet is not read from the
 * other; the end of one direction is passed on, a failure of either ends both.
 *
 * @throws an errno error where no descriptor is left; then the connection is ended.
 */
export function joinTo(accepted: Socket, { host, port }: { host: string; port: number }): void {
  const client: Socket = withBuffer(accepted, (data) => pass(client, container, data))
  const container: Socket = createConnection({
    host,
    port,
    allowHalfOpen: true,
    noDelay: true,
    onread: onRead((data) => pass(container, client, data)),
  })
  const end = () => {
    client.destroy()
    container.destroy()
  }
  for (const [one, other] of [
    [client, container],
    [container, client],
  ] as const) {
    one.once('end', () => other.end())
    one.on('error', end)
    one.on('close', () => other.readyState !== 'open' && end())
    one.resume()
  }
}

/** @returns whether reading goes on at once: the buffer is free again when the kernel has its bytes. */
function pass(from: Socket, to: Socket, data: Uint8Array): boolean {
  let paused = false
  to.write(data, () => {
    if (paused) from.resume()
  })
  paused = to.writableLength > 0
  return !paused
}

const onRead = (callback: (data: Uint8Array) => boolean) => ({
  buffer: Buffer.allocUnsafeSlow(readSize),
  callback: (size: number, buffer: Uint8Array) => callback(buffer.subarray(0, size)),
})

/** The same connection, read into a buffer: Node offers that for those that it opens, and not for those that a server accepts. */
function withBuffer(accepted: Socket, callback: (data: Uint8Array) => boolean): Socket {
  try {
    return new Socket({ fd: duplicateDescriptor(accepted), allowHalfOpen: true, onread: onRead(callback) })
  } finally {
    accepted.destroy()
  }
}
