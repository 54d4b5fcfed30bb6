import type { PortMapping } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'

const form =
  /^(?:(?:\[(?<v6>[0-9a-fA-F:.]+)\]|(?<v4>\d{1,3}(?:\.\d{1,3}){3})):)?(?:(?<host>\d{1,5})?:)?(?<container>\d{1,5})(?:\/(?<protocol>tcp|udp|sctp))?$/

/** Reads `[[ADDRESS:][HOST]:]CONTAINER[/PROTOCOL]`, as `--publish` has it. @throws EngineError `InvalidArgument`. */
export function parsePublished(text: string): PortMapping {
  const { v6, v4, host, container, protocol } = form.exec(text)?.groups ?? {}
  const port = Number(container)
  const hostPort = Number(host ?? 0)
  if (container === undefined || port < 1 || port > 65_535 || hostPort > 65_535) {
    throw new EngineError(
      'InvalidArgument',
      `${JSON.stringify(text)} is not a port to publish: give [[ADDRESS:]HOST:]CONTAINER[/PROTOCOL].`,
      { details: { port: text } },
    )
  }
  return { container_port: port, host_port: hostPort, host_ip: v6 ?? v4 ?? '', protocol: protocol ?? 'tcp', range: 1 }
}
