import { closeSync } from 'node:fs'
import { EngineError } from '../../errors/index.ts'
import { holdPort } from '../sys/index.ts'

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

/** Reserved ports. The descriptors may be passed to a process that keeps them; `close` closes ours. Idempotent. */
export interface PortReservation {
  descriptors: number[]
  /** The version of IP of each descriptor's socket; one of 6 without an address has both. */
  versions: (4 | 6)[]
  close(): void
}

/**
 * Binds every mapped port of the host, so that no two containers and no other program can have the same one: forwarding
 * by firewall rules alone would silently take it over. SCTP, which Node cannot bind, is left out.
 *
 * @param bothVersions a port without an address is bound for IPv6, too, where the kernel has it: for who forwards connections himself.
 * @throws PortInUse, AccessDenied for a port below 1024 without the right to it, InvalidArgument for an address that is not the
 *   host's. What was bound before the failure is released.
 */
export function reservePorts(mappings: readonly PortMapping[], bothVersions = false): PortReservation {
  const held: Held[] = []
  const close = () => held.splice(0).forEach(({ descriptor }) => closeSync(descriptor))
  try {
    for (const mapping of mappings) {
      for (let at = 0; at < mapping.range; at += 1) {
        const port = mapping.hostPort + at
        if (mapping.protocol !== 'sctp') held.push(hold(mapping.protocol, mapping.hostIp, port, bothVersions))
      }
    }
  } catch (error) {
    close()
    throw error
  }
  return { descriptors: held.map(({ descriptor }) => descriptor), versions: held.map(({ version }) => version), close }
}

interface Held {
  descriptor: number
  version: 4 | 6
}

function hold(protocol: 'tcp' | 'udp', hostIp: string, port: number, bothVersions: boolean): Held {
  const bound = (address: string): Held => ({
    descriptor: holdPort(protocol, address, port),
    version: address.includes(':') ? 6 : 4,
  })
  try {
    if (hostIp !== '' || !bothVersions) return bound(hostIp || '0.0.0.0')
    try {
      return bound('::')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAFNOSUPPORT') throw error
      return bound('0.0.0.0')
    }
  } catch (error) {
    throw portError(error as NodeJS.ErrnoException, protocol, hostIp, port)
  }
}

/**
 * Fails for a port of UDP that somebody has, which the programs that bind it next would not notice: they set SO_REUSEADDR, and two
 * such sockets share a port (socket(7)).
 *
 * @throws as {@link reservePorts}
 */
export function checkDatagramPorts(mappings: readonly PortMapping[]): void {
  reservePorts(mappings.filter(({ protocol }) => protocol === 'udp')).close()
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
