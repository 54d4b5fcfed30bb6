import { Socket, type SocketConstructorOpts } from 'node:net'
import { constants } from 'node:os'
import { bind, check, systemError } from './libc.ts'

const AF_UNIX = 1
const SOCK_SEQPACKET = 5
const SOCK_CLOEXEC = 0o2000000
const SOL_SOCKET = 1
const SO_PEERCRED = 17
const F_DUPFD_CLOEXEC = 1030
const pathLimit = 107

/** Who is at the other end of a unix socket, as the kernel knows it; ids are seen from our user namespace. */
export interface PeerCredentials {
  pid: number
  uid: number
  gid: number
}

interface PipeHandle {
  open(fd: number): number
  close(): void
}
interface PipeWrap {
  Pipe: new (kind: number) => PipeHandle
  constants: { SOCKET: number }
}

/**
 * Connects to a SOCK_SEQPACKET unix socket, as conmon's attach socket is.
 *
 * @returns a socket that keeps packet boundaries: one `data` event a packet; `end()` is shutdown(WR). The caller destroys it.
 * @throws an errno error: `ENOENT`, `ECONNREFUSED`; `ENAMETOOLONG` beyond 107 bytes (use a /proc/self/fd path then).
 */
export function connectSeqpacket(path: string): Socket {
  const fd = check('socket', path, bind('socket', 'int', ['int', 'int', 'int'])(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0))
  try {
    const address = unixAddress(path)
    check('connect', path, bind('connect', 'int', ['int', 'const void *', 'uint32_t'])(fd, address, address.length))
  } catch (error) {
    closeDescriptor(fd)
    throw error
  }
  return socketFrom(fd)
}

/** Another descriptor of a connection, for what is left to read once the first has failed. */
export interface SpareConnection {
  /** A socket that goes on reading, or undefined after {@link close}. */
  open(): Socket | undefined
  /** Frees it, with the socket that was opened. Idempotent. */
  close(): void
}

/** A second descriptor of a connection, which the caller closes or hands on. @throws an errno error, `EBADF` if the socket is closed. */
export function duplicateDescriptor(socket: Socket): number {
  const fd = (socket as unknown as { _handle?: { fd?: number } })._handle?.fd ?? -1
  return check('fcntl', undefined, bind('fcntl', 'int', ['int', 'int', 'int'])(fd, F_DUPFD_CLOEXEC, 3))
}

/**
 * Keeps a unix connection readable after a write to it failed (EPIPE) or its peer closed with data unread (ECONNRESET): the kernel
 * reports both before what is still in the queue. The caller closes it.
 *
 * @throws an errno error, `EBADF` if the socket is closed.
 */
export function spareConnection(socket: Socket): SpareConnection {
  const duplicate = duplicateDescriptor(socket)
  let opened: Socket | undefined
  let closed = false
  return {
    open: () => (closed ? undefined : (opened ??= socketFrom(duplicate))),
    close: () => {
      if (closed) return
      closed = true
      if (opened) opened.destroy()
      else closeDescriptor(duplicate)
    },
  }
}

/**
 * Sends one datagram to a unix socket, as service managers take them (sd_notify(3)); `@` in front of the path means an abstract one.
 *
 * @throws an errno error: `ENOENT`, `ECONNREFUSED`, `EAGAIN` where its queue is full.
 */
export function sendDatagram(path: string, text: string): void {
  const SOCK_DGRAM = 2
  const MSG_DONTWAIT = 0x40
  const fd = check('socket', path, bind('socket', 'int', ['int', 'int', 'int'])(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0))
  try {
    const address = path.startsWith('@') ? abstractAddress(path.slice(1)) : unixAddress(path)
    const data = Buffer.from(text)
    const send = bind('sendto', 'long', ['int', 'const void *', 'size_t', 'int', 'const void *', 'uint32_t'])
    check('sendto', path, send(fd, data, data.length, MSG_DONTWAIT, address, address.length))
  } finally {
    closeDescriptor(fd)
  }
}

/** Both ends of a new stream socket pair, as descriptors which the caller closes or hands on. */
export function socketPair(): [number, number] {
  const SOCK_STREAM = 1
  const pair = Buffer.alloc(8)
  check(
    'socketpair',
    undefined,
    bind('socketpair', 'int', ['int', 'int', 'int', 'void *'])(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair),
  )
  return [pair.readInt32LE(0), pair.readInt32LE(4)]
}

const SIOCOUTQ = 0x5411

/**
 * Bytes of memory that wait to be read at the other end of a unix socket, or to be acknowledged by that of a TCP socket (unix(7),
 * tcp(7)): 0 once all has been read. Undefined for what is no such socket, or is closed.
 */
export function unreadBytes(socket: unknown): number | undefined {
  const fd = (socket as { _handle?: { fd?: number } | null })._handle?.fd
  if (fd === undefined || fd < 0) return undefined
  const found = Buffer.alloc(4)
  const answer = bind('ioctl', 'int', ['int', 'unsigned long', 'void *'])(fd, SIOCOUTQ, found)
  return answer === 0 ? found.readInt32LE(0) : undefined
}

const SO_SNDBUF = 7

/**
 * Bounds what the kernel keeps of what was written to a unix socket and not read yet (socket(7); it takes twice as much, for its own
 * records). Does nothing for what is no socket of the kernel's.
 */
export function limitUnread(socket: unknown, bytes: number): void {
  const fd = (socket as { _handle?: { fd?: number } | null })._handle?.fd
  if (fd === undefined || fd < 0) return
  const value = Buffer.alloc(4)
  value.writeInt32LE(bytes)
  bind('setsockopt', 'int', ['int', 'int', 'int', 'const void *', 'uint32_t'])(fd, SOL_SOCKET, SO_SNDBUF, value, 4)
}

/** Credentials of the peer of a connected unix socket. @throws an errno error, or `EBADF` if it is closed. */
export function peerCredentials(socket: Socket): PeerCredentials {
  const fd = (socket as unknown as { _handle?: { fd?: number } })._handle?.fd
  if (fd === undefined || fd < 0) throw systemError('getsockopt', undefined, constants.errno.EBADF)
  const found = Buffer.alloc(12)
  const size = Buffer.alloc(4)
  size.writeUInt32LE(12)
  const call = bind('getsockopt', 'int', ['int', 'int', 'int', 'void *', 'void *'])
  check('getsockopt', undefined, call(fd, SOL_SOCKET, SO_PEERCRED, found, size))
  return { pid: found.readInt32LE(0), uid: found.readUInt32LE(4), gid: found.readUInt32LE(8) }
}

function unixAddress(path: string): Buffer {
  const bytes = Buffer.from(path)
  if (bytes.length > pathLimit || bytes.includes(0)) throw systemError('connect', path, constants.errno.ENAMETOOLONG)
  const address = Buffer.alloc(2 + bytes.length + 1)
  address.writeUInt16LE(AF_UNIX)
  bytes.copy(address, 2)
  return address
}

function abstractAddress(name: string): Buffer {
  const address = Buffer.alloc(3)
  address.writeUInt16LE(AF_UNIX)
  return Buffer.concat([address, Buffer.from(name)])
}

// `new Socket({ fd })` refuses SEQPACKET; a libuv pipe takes it and, since 1.52, loses nothing at its end.
function socketFrom(fd: number): Socket {
  const binding = (process as unknown as { binding(name: string): PipeWrap }).binding('pipe_wrap')
  const handle = new binding.Pipe(binding.constants.SOCKET)
  const failed = handle.open(fd)
  if (failed !== 0) {
    closeDescriptor(fd)
    throw systemError('uv_pipe_open', undefined, -failed)
  }
  return new Socket({ handle, readable: true, writable: true, allowHalfOpen: true } as unknown as SocketConstructorOpts)
}

function closeDescriptor(fd: number): void {
  bind('close', 'int', ['int'])(fd)
}
