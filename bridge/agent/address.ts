import { type Open, ProblemError, problemOf } from '../protocol/index.ts'
import { connect as connectSocket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { AgentServices } from './channel.ts'
import { textOption, invalid } from './channels/options.ts'

/** The address that a channel connects to. */
export type Address = { unix: string } | { host: string; port: number }

/**
 * The address in an open: `unix`, or `port` with a loopback `address`.
 * @throws ProblemError `protocol-error` for none or both, `not-supported` for an address of another host.
 */
export function addressOption(open: Open): Address {
  const unix = textOption(open, 'unix')
  const port = open['port']
  if ((unix === undefined) === (port === undefined || port === null)) {
    throw new ProblemError('protocol-error', 'The channel names neither or both of "unix" and "port".')
  }
  if (unix !== undefined) {
    if (!unix.startsWith('/') || unix.length > 107) throw invalid('unix', 'an absolute path of at most 107 bytes')
    return { unix }
  }
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535)
    throw invalid('port', 'a number from 1 to 65535')
  const host = textOption(open, 'address') ?? '127.0.0.1'
  if (!/^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host)) {
    throw new ProblemError('not-supported', `Only ports of this host can be reached, not those of "${host.slice(0, 100)}".`)
  }
  return { host, port }
}

/** The address as text. */
export function addressName(address: Address): string {
  return 'unix' in address ? address.unix : `${address.host}:${address.port}`
}

/**
 * Connects to `address`: an endpoint of this process, or a socket.
 * @throws ProblemError `not-found`, `access-denied` …, naming the address.
 */
export async function dial(address: Address, agent: AgentServices): Promise<Duplex> {
  const endpoint = 'unix' in address ? agent.endpoints.get(address.unix) : undefined
  if (endpoint !== undefined) return endpoint.connect()
  const socket =
    'unix' in address
      ? connectSocket({ path: address.unix, allowHalfOpen: true })
      : connectSocket({ host: address.host, port: address.port, allowHalfOpen: true, noDelay: true })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', (cause) => {
      reject(new ProblemError(problemOf(cause), `Cannot connect to ${addressName(address)}: ${reason(cause)}.`, { cause }))
    })
  })
  return socket
}

function reason(error: Error): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return 'there is no such socket'
    case 'ECONNREFUSED':
      return 'nothing listens there'
    case 'EACCES':
      return 'permission denied'
    default:
      return error.message
  }
}
