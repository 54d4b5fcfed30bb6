import { isIP } from '../host/ip-version.ts'
import { constants } from 'node:os'
import { bind, check, systemError } from './libc.ts'

const AF_INET = 2
const AF_INET6 = 10
const SOCK_STREAM = 1
const SOCK_DGRAM = 2
const SOCK_CLOEXEC = 0o2000000
const SOL_SOCKET = 1
const SO_REUSEADDR = 2
const IPPROTO_IPV6 = 41
const IPV6_V6ONLY = 26

/**
 * A socket that holds a port of one address of this host: a TCP one listens, so that nobody else can. Other than a server of
 * Node's it has a descriptor that can be handed to another process.
 *
 * @param address IPv4 or IPv6, without a zone; `::` is all addresses of both versions
 * @returns its descriptor, which ends with the process it is in, and which the caller closes
 * @throws an errno error: `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`; `EINVAL` for what is no address
 */
export function holdPort(protocol: 'tcp' | 'udp', address: string, port: number): number {
  const where = socketAddress(address, port)
  const type = (protocol === 'tcp' ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC
  const fd = check('socket', undefined, bind('socket', 'int', ['int', 'int', 'int'])(where.family, type, 0))
  try {
    if (protocol === 'tcp') reuseAddress(fd)
    if (address === '::') setOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0)
    check('bind', undefined, bind('bind', 'int', ['int', 'const void *', 'uint32_t'])(fd, where.bytes, where.bytes.length))
    if (protocol === 'tcp') check('listen', undefined, bind('listen', 'int', ['int', 'int'])(fd, 1))
  } catch (error) {
    bind('close', 'int', ['int'])(fd)
    throw error
  }
  return fd
}

/** Connections that ended a moment ago do not count (socket(7)); for UDP it would let others in as well. */
function reuseAddress(fd: number): void {
  setOption(fd, SOL_SOCKET, SO_REUSEADDR, 1)
}

function setOption(fd: number, level: number, name: number, value: 0 | 1): void {
  const bytes = Buffer.of(value, 0, 0, 0)
  const call = bind('setsockopt', 'int', ['int', 'int', 'int', 'const void *', 'uint32_t'])
  check('setsockopt', undefined, call(fd, level, name, bytes, bytes.length))
}

/** A sockaddr_in or sockaddr_in6 (ip(7), ipv6(7)). */
function socketAddress(address: string, port: number): { family: number; bytes: Buffer } {
  const six = isIP(address) === 6
  const family = six ? AF_INET6 : AF_INET
  const bytes = Buffer.alloc(six ? 28 : 16)
  const number = Buffer.alloc(16)
  const parse = bind('inet_pton', 'int', ['int', 'const char *', 'void *'])
  if (parse(family, address, number) !== 1) throw systemError('inet_pton', address, constants.errno.EINVAL)
  bytes.writeUInt16LE(family)
  bytes.writeUInt16BE(port, 2)
  number.copy(bytes, six ? 8 : 4, 0, six ? 16 : 4)
  return { family, bytes }
}
