import type { Network } from '../../contract/networks.ts'
import { shortId } from '../../spec/name.ts'
import { goTimestamp } from './template/go-struct.ts'

/** A network as podman's templates name its fields. */
export function networkFields(network: Network, long: boolean) {
  const id = long ? network.id : shortId(network.id)
  const labels = Object.entries(network.labels ?? {}).map(([name, value]) => `${name}=${value}`)
  return {
    Name: network.name,
    ID: id,
    Id: id,
    Driver: network.driver,
    NetworkInterface: network.network_interface ?? '',
    Created: goTimestamp(network.created),
    Subnets: (network.subnets ?? []).map(({ subnet, gateway, lease_range: lease }) => ({
      Subnet: subnet,
      Gateway: gateway ?? '',
      LeaseRange: lease ? { StartIP: lease.start_ip ?? '', EndIP: lease.end_ip ?? '' } : null,
    })),
    Routes: (network.routes ?? []).map(({ destination, gateway, metric }) => ({
      Destination: destination,
      Gateway: gateway,
      Metric: metric ?? null,
    })),
    IPv6Enabled: network.ipv6_enabled,
    Internal: network.internal,
    DNSEnabled: network.dns_enabled,
    NetworkDNSServers: network.network_dns_servers ?? [],
    Labels: long && network.containers ? (network.labels ?? {}) : labels.join(','),
    Options: network.options ?? {},
    IPAMOptions: network.ipam_options ?? {},
    Containers: Object.fromEntries(
      Object.entries(network.containers ?? {}).map(([container, { name, interfaces }]) => [
        container,
        { Name: name, Interfaces: interfaces },
      ]),
    ),
    toJSON: () => network,
  }
}
