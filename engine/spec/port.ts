import { isAddress } from './address.ts'
import { badValue, inContext } from './bad-value.ts'
import { parseInteger } from './integer.ts'

/**
 * A published port, or a run of `range` ports, as libpod's API has it. Without `host_port` a free one is chosen. An alias, since an interface
 * would not fit where other fields may be.
 */
export type PublishedPort = {
  host_ip?: string
  container_port: number
  host_port?: number
  range?: number
  protocol: string
}

export const protocols = ['tcp', 'udp', 'sctp'] as const
const most = 65_535

/** Whether a number can be a port. */
export const isPort = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= most

/** A protocol in small letters. @throws EngineError `InvalidArgument`, with podman's message. */
export function parseProtocol(text: string): string {
  const name = text.toLowerCase()
  if ((protocols as readonly string[]).includes(name)) return name
  throw badValue('unrecognized protocol "{protocol}" in port mapping', { protocol: text })
}

/** `[[ip:][hostPort]:]containerPort[/protocol]`, with ranges, as the API has it. @throws EngineError `InvalidArgument`, with podman's message. */
export function parsePort(text: string): PublishedPort {
  const [rest = '', protocol, ...more] = text.split('/')
  if (more.length > 0) throw badValue('invalid port format - protocol can only be specified once')
  if (protocol === '') throw badValue('must provide a non-empty protocol to publish')
  const { ip, host, container } = splitPort(rest)
  if (container === '') throw badValue('must provide a non-empty container port to publish')
  const inside = inContext('parsing container port', () => parseRange(container))
  if (ip === '') throw badValue('must provide a non-empty container host IP to publish')
  if (ip !== undefined && !isAddress(ip)) throw badValue('cannot parse "{address}" as an IP address', { address: ip })
  const outside = host === '' ? undefined : inContext('parsing host port', () => parseRange(host))
  if (outside && outside.length !== inside.length)
    throw badValue('host and container port ranges have different lengths: {host} vs {container}', {
      host: outside.length,
      container: inside.length,
    })
  return {
    ...(ip === undefined ? {} : { host_ip: ip }),
    container_port: inside.first,
    ...(outside ? { host_port: outside.first } : {}),
    ...(inside.length > 1 ? { range: inside.length } : {}),
    protocol: protocol === undefined ? 'tcp' : parseProtocol(protocol),
  }
}

interface Parts {
  ip?: string
  /** Empty for a free one. */
  host: string
  container: string
}

function splitPort(text: string): Parts {
  if (text.startsWith('[') && text.includes(']')) return afterAddress(text)
  const parts = text.split(':')
  if (parts.length > 3) throw badValue('invalid port format - format is [[hostIP:]hostPort:]containerPort')
  const [container = '', host = '', ip] = parts.toReversed()
  return { ...(ip === undefined ? {} : { ip }), host, container }
}

function afterAddress(text: string): Parts {
  const end = text.indexOf(']')
  if (text[end + 1] !== ':') throw badValue("invalid port format - IPv6 address must be followed by a colon (':')")
  const [host = '', container, ...more] = text.slice(end + 2).split(':')
  if (container === undefined) throw badValue('invalid port format - must provide host and destination port if specifying an IP')
  if (more.length > 0) throw badValue('invalid port format - when v6 address specified, must be [ipv6]:hostPort:ctrPort')
  return { ip: text.slice(1, end), host, container }
}

function parseRange(text: string): { first: number; length: number } {
  const [from = '', to, ...more] = text.split('-')
  if (more.length > 0) throw badValue('invalid port format - port ranges are formatted as startPort-stopPort')
  if (from === '') throw badValue('port numbers cannot be negative')
  const first = parseNumber(from)
  if (to === undefined) return { first, length: 1 }
  if (to === '') throw badValue('must provide ending number for port range')
  const last = parseNumber(to)
  if (last <= first)
    throw badValue('the end port of a range must be higher than the start port - {last} is not higher than {first}', {
      last,
      first,
    })
  return { first, length: last - first + 1 }
}

/** A port's number. @throws EngineError `InvalidArgument`, with podman's message. */
function parseNumber(text: string): number {
  const port = inContext('invalid port number', () => parseInteger(text))
  if (!isPort(port)) throw badValue('port numbers must be between 1 and 65535 (inclusive), got {port}', { port })
  return port
}

/** `80`, `80/udp`, `8000-8010/tcp`: which ports, and their protocol. @throws EngineError `InvalidArgument`, with podman's message. */
export function parseExposed(text: string): { first: number; length: number; protocol: string } {
  const [ports = '', protocol = 'tcp'] = text.split('/', 2)
  return {
    ...inContext('invalid range format for --expose: {exposed}', () => parseRange(ports), { exposed: text }),
    protocol: parseProtocol(protocol),
  }
}

/** What {@link parsePort} reads, from the texts of its parts; an empty address is every address, an empty host port a free one. */
export function formatPort(port: Record<'address' | 'host' | 'container' | 'protocol', string>): string {
  const { address, host, container, protocol } = port
  const ip = address.includes(':') ? `[${address}]` : address
  const left = ip === '' ? (host === '' ? '' : `${host}:`) : `${ip}:${host}:`
  return `${left}${container}${protocol === '' || protocol === 'tcp' ? '' : `/${protocol}`}`
}
