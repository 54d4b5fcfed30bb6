import type { ContainerInspect, PortMapping } from '../../../contract/index.ts'
import { byName } from '../../../spec/pair.ts'
import type { ContainerRecord, NetworkStatus } from '../../../store/index.ts'

type Settings = ContainerInspect['NetworkSettings']
type Bindings = ContainerInspect['HostConfig']['PortBindings']

const nowhere = {
  EndpointID: '',
  Gateway: '',
  IPAddress: '',
  IPPrefixLen: 0,
  IPv6Gateway: '',
  GlobalIPv6Address: '',
  GlobalIPv6PrefixLen: 0,
  MacAddress: '',
}

/**
 * `NetworkSettings` of the container whose network namespace it is: a pod's members show their infra container's.
 *
 * @param networkIds of networks that it is not connected to at present.
 */
export function inspectNetwork({ id, config, state }: ContainerRecord, networkIds: ReadonlyMap<string, string>): Settings {
  const [first] = Object.values(state.networks)
  return {
    ...endpoint(first),
    Bridge: '',
    SandboxID: '',
    HairpinMode: false,
    LinkLocalIPv6Address: '',
    LinkLocalIPv6PrefixLen: 0,
    Ports: byName({ ...Object.fromEntries(config.exposed.map((port) => [port, null])), ...portBindings(config.ports) }),
    SandboxKey: state.netnsPath,
    Networks: byName({
      ...withoutNetwork(config),
      ...Object.fromEntries(
        Object.keys(config.networks).map((name) => [
          name,
          {
            ...inspectEndpoint(id, state.networks[name], config.networks[name]?.aliases ?? []),
            NetworkID: state.networks[name]?.networkId ?? networkIds.get(name) ?? '',
          },
        ]),
      ),
    }),
  }
}

/** Where there is no network, its mode is shown as one, as podman does. */
function withoutNetwork({ namespaces: { net } }: ContainerRecord['config']): Settings['Networks'] {
  if (net.mode !== 'host' && net.mode !== 'none') return {}
  return { [net.mode]: { ...nowhere, NetworkID: net.mode, DriverOpts: null, IPAMConfig: null, Links: null } }
}

function inspectEndpoint(id: string, status: NetworkStatus | undefined, aliases: readonly string[]) {
  return {
    ...endpoint(status),
    NetworkID: '',
    DriverOpts: null,
    IPAMConfig: null,
    Links: null,
    Aliases: [...new Set([...(status?.aliases ?? aliases), id.slice(0, 12)])],
  }
}

function endpoint(status: NetworkStatus | undefined): typeof nowhere {
  if (!status) return nowhere
  const v4 = status.addresses.find(({ address }) => !address.includes(':'))
  const v6 = status.addresses.find(({ address }) => address.includes(':'))
  return {
    EndpointID: '',
    Gateway: v4?.gateway ?? '',
    IPAddress: v4?.address ?? '',
    IPPrefixLen: v4?.prefix ?? 0,
    IPv6Gateway: v6?.gateway ?? '',
    GlobalIPv6Address: v6?.address ?? '',
    GlobalIPv6PrefixLen: v6?.prefix ?? 0,
    MacAddress: status.mac,
  }
}

/** `{"80/tcp": [{HostIp, HostPort}]}`, a range port by port. */
export function portBindings(ports: readonly PortMapping[]): Bindings {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {}
  for (const { container_port, host_port = 0, host_ip = '', protocol = 'tcp', range = 1 } of ports) {
    for (let step = 0; step < Math.max(1, range); step++) {
      const key = `${container_port + step}/${protocol}`
      ;(bindings[key] ??= []).push({ HostIp: host_ip || '0.0.0.0', HostPort: String(host_port + step) })
    }
  }
  return byName(bindings)
}
