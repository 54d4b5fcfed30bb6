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
  close(): void
}

/**
 * Binds every mapped port of the host, so that no two containers and no other program can have the same one: forwarding
 * by firewall rules alone would silently take it over. SCTP, which Node cannot bind, is left out.
 *
 * @throws PortInUse, AccessDenied for a port below 1024 without the right to it, InvalidArgument for an address that is not the
 *   host's. What was bound before the failure is released.
 */
export function reservePorts(mappings: readonly PortMapping[]): PortReservation {
  const held: number[] = []
  const close = () => held.splice(0).forEach((fd) => closeSync(fd))
  try {
    for (const mapping of mappings) {
      for (let at = 0; at < mapping.range; at += 1) {
        if (mapping.protocol !== 'sctp') held.push(hold(mapping.protocol, mapping.hostIp, mapping.hostPort + at))
      }
    }
  } catch (error) {
    close()
    throw error
  }
  return { descriptors: [...held], close }
}

function hold(protocol: 'tcp' | 'udp', hostIp: string, port: number): number {
  try {
    return holdPort(protocol, hostIp || '0.0.0.0', port)
  } catch (error) {
    throw portError(error as NodeJS.ErrnoException, protocol, hostIp, port)
  }
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
