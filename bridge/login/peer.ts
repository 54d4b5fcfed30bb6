import { createRequire } from 'node:module'
import type { Socket } from 'node:net'

/** SOL_SOCKET and SO_PEERCRED of socket(7). */
const [level, option] = [1, 17]

/** The user at the other end of a unix socket (SO_PEERCRED); undefined for a closed socket. */
export function peerUser(socket: Socket): number | undefined {
  const fd = (socket as unknown as { _handle?: { fd?: number } })._handle?.fd
  if (fd === undefined || fd < 0) return undefined
  const koffi = createRequire(import.meta.url)('koffi') as {
    load(name: string): { func(name: string, result: string, args: string[]): (...args: unknown[]) => number }
  }
  getsockopt ??= koffi.load('libc.so.6').func('getsockopt', 'int', ['int', 'int', 'int', 'void *', 'void *'])
  const credentials = Buffer.alloc(12)
  const size = Buffer.alloc(4)
  size.writeUInt32LE(credentials.length)
  return getsockopt(fd, level, option, credentials, size) === 0 ? credentials.readUInt32LE(4) : undefined
}

let getsockopt: ((...args: unknown[]) => number) | undefined
