import { createSocket } from 'node:dgram'
import { createServer, isIPv6 } from 'node:net'
import { EngineError } from '../errors/index.ts'

/** A run of published ports: `hostPort + i` on the host leads to `containerPort + i` for i below `range`. */
export interface PortMapping {
  protocol: 'tcp' | 'udp' | 'sctp'
  /** Empty or 0.0.0.0 or :: for every address. */
  hostIp: string
  hostPort: number
  containerPort: number
  /** How many ports, 1 at least. */
  range: number
}

/** Held ports. The descriptors may be handed to a process that keeps them; `close` lets go of ours. Idempotent. */
export interface PortReservation {
  descriptors: number[]
  close(): void
}

/**
 * Binds every mapped port of the host, so that no two containers and no other program can have the same one: forwarding
 * by firewall rules alone would silently take it over. SCTP, which Node cannot bind, is left out.
 *
 * @throws PortInUse, AccessDenied for a port below 1024 without the right to it, InvalidArgument for an address that is
 *   not the host's. What was bound before the failure is let go.
 */
export async function reservePorts(mappings: readonly PortMapping[]): Promise<PortReservation> {
  const holders: Holder[] = []
  const close = () => holders.splice(0).forEach((holder) => holder.close())
  try {
    for (const mapping of mappings) {
      for (let at = 0; at < mapping.range; at += 1) {
        if (mapping.protocol !== 'sctp') holders.push(await bind(mapping.protocol, mapping.hostIp, mapping.hostPort + at))
      }
    }
  } catch (error) {
    close()
    throw error
  }
  return { descriptors: holders.map(({ descriptor }) => descriptor), close }
}

interface Holder {
  descriptor: number
  close(): void
}

async function bind(protocol: 'tcp' | 'udp', hostIp: string, port: number): Promise<Holder> {
  try {
    return protocol === 'tcp' ? await bindTcp(hostIp || '0.0.0.0', port) : await bindUdp(hostIp || '0.0.0.0', port)
  } catch (error) {
    throw portError(error as NodeJS.ErrnoException, protocol, hostIp, port)
  }
}

function bindTcp(host: string, port: number): Promise<Holder> {
  const server = createServer((socket) => socket.destroy())
  server.unref()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, exclusive: true, backlog: 1 }, () =>
      resolve({ descriptor: descriptorOf(server), close: () => void server.close() }),
    )
  })
}

function bindUdp(host: string, port: number): Promise<Holder> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  socket.unref()
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close()
      reject(error)
    })
    socket.bind({ address: host, port, exclusive: true }, () =>
      resolve({ descriptor: descriptorOf(socket), close: () => void socket.close() }),
    )
  })
}

// Node tells no descriptor; a udp socket keeps its handle under a symbol, since `_handle` there is deprecated.
function descriptorOf(holder: object): number {
  const state = Object.getOwnPropertySymbols(holder).find(({ description }) => description === 'state symbol')
  const inner = state && (holder as { [key: symbol]: { handle?: { fd?: number } } | undefined })[state]
  const handle = inner?.handle ?? (holder as { _handle?: { fd?: number } })._handle
  if (handle?.fd === undefined || handle.fd < 0)
    throw new EngineError('Internal', 'The descriptor of a bound port could not be found.')
  return handle.fd
}

/** The error for a port that cannot be bound, by the errno `error.code`. */
export function portError(error: NodeJS.ErrnoException, protocol: string, hostIp: string, port: number): EngineError {
  const place = `${hostIp ? `${hostIp.includes(':') ? `[${hostIp}]` : hostIp}:` : ''}${port}/${protocol}`
  const options = { details: { port, protocol, hostIp }, cause: error }
  switch (error.code) {
    case 'EADDRINUSE':
      return new EngineError(
        'PortInUse',
        `The host port ${place} is already in use; choose another one or stop what uses it.`,
        options,
      )
    case 'EACCES':
      return new EngineError(
        'AccessDenied',
        `The host port ${place} is not yours to use; ordinary users have ports from 1024 on.`,
        options,
      )
    case 'EADDRNOTAVAIL':
      return new EngineError('InvalidArgument', `The address of ${place} is not one of this host's.`, options)
    default:
      return new EngineError('NetworkFailed', `The host port ${place} could not be bound: ${error.message}`, options)
  }
}
