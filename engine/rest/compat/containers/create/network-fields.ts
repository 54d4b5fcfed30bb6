import type { ContainerSpec, PerNetworkOptions } from '../../../../contract/index.ts'
import type { DockerContainerConfig } from '../../../../contract/docker/containers.ts'
import { parseExposed, parsePort } from '../../../../spec/port.ts'
import { given } from '../given.ts'

/** Networks, ports and names. @throws EngineError `InvalidArgument` */
export function networkFields(body: DockerContainerConfig): ContainerSpec {
  const { HostConfig: host, ExposedPorts } = body
  const ports = Object.entries(host?.PortBindings ?? {}).flatMap(([port, bindings]) =>
    (bindings ?? [{}]).map(({ HostIp, HostPort }) => parsePort(portText(port, HostIp ?? '', HostPort ?? ''))),
  )
  const exposed = Object.keys(ExposedPorts ?? {})
    .map(parseExposed)
    .flatMap(({ first, length, protocol }) => Array.from({ length }, (_, step) => [String(first + step), protocol] as const))
  return {
    ...networksOf(body),
    ...(ports.length > 0 ? { portmappings: ports } : {}),
    ...(exposed.length > 0 ? { expose: Object.fromEntries(exposed) } : {}),
    ...given({
      publish_image_ports: host?.PublishAllPorts,
      hostadd: host?.ExtraHosts,
      dns_server: host?.Dns,
      dns_search: host?.DnsSearch,
      dns_option: host?.DnsOptions,
    }),
  }
}

/** Port 0 of the host is one that the engine chooses, as none is. */
function portText(port: string, address: string, hostPort: string): string {
  const host = hostPort === '0' ? '' : hostPort
  const before = address === '' ? host : `${address.includes(':') ? `[${address}]` : address}:${host}`
  return before === '' ? port : `${before}:${port}`
}

function networksOf({ HostConfig, NetworkingConfig, NetworkDisabled, MacAddress }: DockerContainerConfig): ContainerSpec {
  const mode = NetworkDisabled ? 'none' : HostConfig?.NetworkMode || 'default'
  const colon = mode.indexOf(':')
  if (mode === 'none' || mode === 'host') return { netns: { nsmode: mode } }
  if (colon > 0) {
    const kind = mode.slice(0, colon)
    return { netns: { nsmode: kind === 'ns' ? 'path' : (kind as 'container'), value: mode.slice(colon + 1) } }
  }
  const named = Object.entries(NetworkingConfig?.EndpointsConfig ?? {}).filter(([name]) => name !== 'default')
  const networks: Record<string, PerNetworkOptions> = Object.fromEntries(
    named.map(([name, endpoint]) => [nameOf(name), endpointOptions(endpoint)]),
  )
  if (mode !== 'default' && mode !== 'bridge') networks[mode] ??= {}
  const [first] = Object.keys(networks)
  if (MacAddress && first !== undefined) networks[first] = { static_mac: MacAddress, ...networks[first] }
  if (first !== undefined) return { netns: { nsmode: 'bridge' }, Networks: networks }
  if (MacAddress) return { netns: { nsmode: 'bridge' }, Networks: { podman: { static_mac: MacAddress } } }
  return mode === 'bridge' ? { netns: { nsmode: 'bridge' } } : {}
}

/** Docker's name for the network that there is by default. */
const nameOf = (name: string): string => (name === 'bridge' ? 'podman' : name)

type Endpoint = NonNullable<NonNullable<NonNullable<DockerContainerConfig['NetworkingConfig']>['EndpointsConfig']>[string]>

function endpointOptions(endpoint: Endpoint | null): PerNetworkOptions {
  const { Aliases, MacAddress, IPAMConfig } = endpoint ?? {}
  const addresses = [IPAMConfig?.IPv4Address, IPAMConfig?.IPv6Address].filter((address): address is string => Boolean(address))
  return {
    ...(Aliases?.length ? { aliases: Aliases } : {}),
    ...(MacAddress ? { static_mac: MacAddress } : {}),
    ...(addresses.length > 0 ? { static_ips: addresses } : {}),
  }
}
