import type { Network } from '../../../contract/index.ts'
import type { DockerOperations } from '../../../contract/docker/index.ts'
import type * as v from 'valibot'
import { dockerName } from './names.ts'

type DockerNetwork = v.InferOutput<ReturnType<DockerOperations['docker.network.inspect']['output']>>

/** A network as Docker shows it. */
export function dockerNetwork(network: Network): DockerNetwork {
  const subnets = network.subnets ?? []
  return {
    Name: dockerName(network.name),
    Id: network.id,
    Created: network.created,
    Scope: 'local',
    Driver: network.driver,
    EnableIPv4: subnets.some(({ subnet }) => !subnet.includes(':')),
    EnableIPv6: network.ipv6_enabled,
    IPAM: {
      Driver: dockerIpam(network.ipam_options?.['driver']),
      Options: {},
      Config: subnets.map(({ subnet, gateway, lease_range: lease }) => ({
        Subnet: subnet,
        ...(gateway ? { Gateway: gateway } : {}),
        ...(lease?.start_ip && lease.end_ip ? { IPRange: `${lease.start_ip}-${lease.end_ip}` } : {}),
      })),
    },
    Internal: network.internal,
    Attachable: false,
    Ingress: false,
    ConfigFrom: { Network: '' },
    ConfigOnly: false,
    Containers: Object.fromEntries(Object.entries(network.containers ?? {}).map(([id, member]) => [id, endpoint(id, member)])),
    Options: network.options ?? {},
    Labels: network.labels ?? {},
  }
}

/** Docker's name for addresses that the engine gives itself. */
const dockerIpam = (driver: string | undefined): string => (driver === undefined || driver === 'host-local' ? 'default' : driver)

function endpoint(id: string, { name, interfaces }: NonNullable<Network['containers']>[string]) {
  const [first] = Object.values(interfaces)
  const addresses = (first?.subnets ?? []).map(({ ipnet }) => ipnet)
  return {
    Name: name,
    EndpointID: id,
    MacAddress: first?.mac_address ?? '',
    IPv4Address: addresses.find((address) => !address.includes(':')) ?? '',
    IPv6Address: addresses.find((address) => address.includes(':')) ?? '',
  }
}
