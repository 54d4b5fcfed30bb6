import type { Server as HttpServer } from 'node:http'
import { isIPv6, type Socket } from 'node:net'
import { type ConnectionLimits, defaultConnections } from '../options.ts'

/** Admission control of connections. */
export interface Admission {
  /** Admits a connection, or closes it at the limit. It is closed if no request begins in time. */
  admit(socket: Socket): void
  /** The head of a request has arrived on the connection, which may be TLS over the one that was admitted. */
  serving(socket: Socket): void
  /** The request has been answered. */
  idle(socket: Socket): void
}

interface Connection {
  socket: Socket
  address: string
  /** `new`: no request yet. `idle`: kept alive for another request. */
  state: 'begun' | 'serving' | 'idle'
  timer: NodeJS.Timeout
}

/**
 * Counts connections, per address and in total. At a limit the oldest connection without a request is evicted for a
 * new one, then the oldest idle one; without such, the new one is closed. So half-open connections keep no client out.
 *
 * @param timeout milliseconds from the start of a connection to the end of its first request's head.
 */
export function openAdmission(limits: Partial<ConnectionLimits> = {}, timeout: number): Admission {
  const { perAddress, perLoopback, inAll } = { ...defaultConnections, ...limits }
  const connections = new Map<string, Connection>()
  const counts = new Map<string, number>()
  const forget = (key: string, connection: Connection): void => {
    clearTimeout(connection.timer)
    if (connections.get(key) !== connection) return
    connections.delete(key)
    const count = (counts.get(connection.address) ?? 1) - 1
    if (count > 0) counts.set(connection.address, count)
    else counts.delete(connection.address)
  }
  const evictOne = (among: (connection: Connection) => boolean): boolean => {
    for (const state of ['begun', 'idle'] as const) {
      for (const [key, connection] of connections) {
        if (connection.state !== state || !among(connection)) continue
        connection.socket.destroy()
        forget(key, connection)
        return true
      }
    }
    return false
  }
  const hasCapacity = (address: string): boolean => {
    const limit = isLoopback(address) ? perLoopback : perAddress
    if ((counts.get(address) ?? 0) >= limit && !evictOne((each) => each.address === address)) return false
    return connections.size < inAll || evictOne(() => true)
  }
  return {
    admit: (socket) => {
      const address = addressKey(socket.remoteAddress)
      const key = keyOf(socket)
      if (key === undefined || !hasCapacity(address)) return void socket.destroy()
      const timer = setTimeout(() => socket.destroy(), timeout)
      const connection: Connection = { socket, address, state: 'begun', timer }
      connections.set(key, connection)
      counts.set(address, (counts.get(address) ?? 0) + 1)
      socket.once('close', () => forget(key, connection))
    },
    serving: (socket) => {
      const connection = connections.get(keyOf(socket) ?? '')
      clearTimeout(connection?.timer)
      if (connection !== undefined) connection.state = 'serving'
    },
    idle: (socket) => {
      const connection = connections.get(keyOf(socket) ?? '')
      if (connection !== undefined) connection.state = 'idle'
    },
  }
}

/** The key of a connection; TLS over it has the same key. */
function keyOf({ remoteAddress, remotePort }: Socket): string | undefined {
  return remoteAddress === undefined ? undefined : `${remoteAddress} ${remotePort}`
}

/** What an address is counted as: an IPv4 address itself, of IPv6 the /64 network, which usually belongs to one client. */
export function addressKey(address: string | undefined): string {
  if (address === undefined) return 'unknown'
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped !== null) return mapped[1]!
  if (!isIPv6(address) || address === '::1') return address
  const [head = '', tail] = address.split('%', 1)[0]!.split('::')
  const groups = head === '' ? [] : head.split(':')
  const end = tail === undefined || tail === '' ? [] : tail.split(':')
  const whole = tail === undefined ? groups : [...groups, ...Array<string>(8 - groups.length - end.length).fill('0'), ...end]
  return `${whole.slice(0, 4).join(':')}::/64`
}

/** Whether an address is one of this host's own, RFC 1122 section 3.2.1.3 and RFC 4291 section 2.5.3. */
export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.')
}

/** Node checks the times of its HTTP connections only in servers that listen. This one may be given its connections. */
export function startConnectionChecks(server: HttpServer): void {
  if (!server.listening) server.emit('listening')
}
