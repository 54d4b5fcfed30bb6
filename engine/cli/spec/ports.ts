import type { PortMapping } from '../../contract/index.ts'
import { UsageError } from '../parse/usage-error.ts'

/** `[[ip:][hostPort]:]containerPort[/protocol]`, with ranges, as the API has it. @throws UsageError */
export function parsePort(published: string): PortMapping {
  const invalid = (why: string) => new UsageError(`cannot parse published port "${published}": ${why}`)
  const [rest = '', protocol, ...more] = published.split('/')
  if (more.length > 0) throw invalid('invalid port format')
  const [, ip6, afterIp6] = /^\[([^\]]+)\]:(.*)$/.exec(rest) ?? []
  const parts = (afterIp6 ?? rest).split(':')
  const container = range(parts.pop() ?? '', invalid)
  const host = parts.pop()
  const ip = ip6 ?? parts.pop()
  if (parts.length > 0 || container === undefined) throw invalid('must provide a container port, as in HOST:CONTAINER')
  const onHost = host === undefined || host === '' ? undefined : range(host, invalid)
  if (onHost && onHost.length !== container.length && onHost.length > 1)
    throw invalid(`host and container port ranges have different lengths: ${onHost.length} vs ${container.length}`)
  if (protocol !== undefined && !/^(tcp|udp|sctp)(,(tcp|udp|sctp))*$/i.test(protocol))
    throw invalid(`unrecognized protocol "${protocol}"`)
  return {
    ...(ip ? { host_ip: ip } : {}),
    container_port: container.first,
    ...(onHost ? { host_port: onHost.first } : {}),
    ...(container.length > 1 ? { range: container.length } : {}),
    protocol: protocol?.toLowerCase() ?? 'tcp',
  }
}

function range(text: string, invalid: (why: string) => UsageError): { first: number; length: number } | undefined {
  if (text === '') return undefined
  const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? []
  if (from === undefined) throw invalid(`"${text}" is not a port number`)
  const [first, last] = [Number(from), Number(to)]
  if (first < 1 || last > 65_535) throw invalid('port numbers must be between 1 and 65535 (inclusive)')
  if (last < first) throw invalid(`the range ${text} ends before it begins`)
  return { first, length: last - first + 1 }
}

/** `--expose 80/tcp`, `--expose 8000-8010`: port → protocol. */
export function parseExpose(exposed: readonly string[]): Record<string, string> {
  const ports: Record<string, string> = {}
  for (const each of exposed) {
    const { container_port, range = 1, protocol = 'tcp' } = parsePort(each)
    for (let index = 0; index < range; index += 1) ports[String(container_port + index)] = protocol
  }
  return ports
}
