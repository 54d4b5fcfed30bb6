import { createServer } from 'node:net'

import type { ContainerSpec, PortMapping } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { isPort, parseExposed, parseProtocol } from '../../../spec/port.ts'

/** `80/tcp` for what the image and the caller expose. @throws EngineError `InvalidArgument`. */
export function resolveExposed(spec: ContainerSpec, fromImage: readonly string[]): string[] {
  const given = Array.isArray(spec.expose)
    ? spec.expose.map((port) => String(port))
    : Object.entries(spec.expose ?? {}).map(([port, protocol]) => `${port}/${protocol}`)
  const all = [...fromImage, ...given].flatMap((each) => {
    const [ports = '', list = 'tcp'] = each.split('/')
    return list.split(',').flatMap((name) => {
      const { first, length, protocol } = parseExposed(`${ports}/${name}`)
      return Array.from({ length }, (_, step) => `${first + step}/${protocol}`)
    })
  })
  return [...new Set(all)]
}

/**
 * The published ports: one entry for each protocol, with free host ports chosen where none was given, in podman's order.
 *
 * @throws EngineError `InvalidArgument` for a bad or doubly used port.
 */
export async function resolvePorts(spec: ContainerSpec, exposed: readonly string[]): Promise<PortMapping[]> {
  const wanted = (spec.portmappings ?? []).flatMap(splitProtocols)
  if (spec.publish_image_ports) {
    for (const each of exposed) {
      const [port, protocol = 'tcp'] = each.split('/')
      if (!wanted.some((mapping) => mapping.protocol === protocol && covers(mapping, Number(port))))
        wanted.push({ container_port: Number(port), host_port: 0, protocol, range: 1, host_ip: '' })
    }
  }
  const resolved: PortMapping[] = []
  for (const mapping of wanted) {
    resolved.push({ ...mapping, host_port: mapping.host_port || (await freePort(mapping)) })
    checkMapping(resolved)
  }
  return inOrder(resolved)
}

/** As podman has them: those of an address and protocol together, by their host ports, and what follows each other as one run. */
function inOrder(mappings: readonly PortMapping[]): PortMapping[] {
  const groups = Map.groupBy(mappings, ({ host_ip, protocol }) => `${host_ip}/${protocol}`)
  return [...groups.values()].flatMap((group) =>
    joinRuns(group.toSorted((a, b) => (a.host_port ?? 0) - (b.host_port ?? 0)) as Required<PortMapping>[]),
  )
}

function joinRuns(sorted: readonly Required<PortMapping>[]): Required<PortMapping>[] {
  const runs: Required<PortMapping>[] = []
  for (const each of sorted) {
    const last = runs.at(-1)
    if (last && each.host_port === last.host_port + last.range && each.container_port === last.container_port + last.range)
      runs[runs.length - 1] = { ...last, range: last.range + each.range }
    else runs.push(each)
  }
  return runs
}

function splitProtocols(mapping: PortMapping): Required<PortMapping>[] {
  const { host_ip = '', container_port, host_port = 0, range = 1, protocol = 'tcp' } = mapping
  return (protocol || 'tcp')
    .split(',')
    .map((each) => ({ host_ip, container_port, host_port, range: range || 1, protocol: parseProtocol(each) }))
}

function checkMapping(mappings: readonly PortMapping[]): void {
  const last = mappings.at(-1) as Required<PortMapping>
  if (!isPort(last.container_port + last.range - 1) || !isPort(last.host_port + last.range - 1)) {
    throw new EngineError(
      'InvalidArgument',
      `The ports from ${last.host_port}:${last.container_port} on are more than there are.`,
    )
  }
  const twice = mappings
    .slice(0, -1)
    .find(
      (other) =>
        other.protocol === last.protocol &&
        sameAddress(other.host_ip, last.host_ip) &&
        overlaps(other as Required<PortMapping>, last),
    )
  if (twice)
    throw new EngineError(
      'InvalidArgument',
      `conflicting port mappings for host port ${last.host_port} (protocol ${last.protocol})`,
      { details: { port: last.host_port } },
    )
}

function sameAddress(one = '', other = ''): boolean {
  const any = (address: string) => address === '' || address === '0.0.0.0'
  return one === other || any(one) || any(other)
}

function overlaps(one: Required<PortMapping>, other: Required<PortMapping>): boolean {
  return one.host_port < other.host_port + other.range && other.host_port < one.host_port + one.range
}

function covers({ container_port, range = 1 }: PortMapping, port: number): boolean {
  return port >= container_port && port < container_port + range
}

/** A free port, chosen by the kernel. */
function freePort({ host_ip }: PortMapping): Promise<number> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new EngineError('InvalidArgument', `No port can be bound on ${host_ip || '0.0.0.0'}: ${cause.message}`, { cause })),
    )
    server.listen({ host: host_ip || '0.0.0.0', port: 0, exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
