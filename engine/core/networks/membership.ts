import type { NetavarkSetup, NetworkInfo, NetworkStatus as NetavarkStatus } from '../../adapters/netavark.ts'
import type { ContainerRecord, NetworkStatus } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { toRuns } from './ports.ts'

/** One network that a container joins, with the addresses it was given. */
export interface Membership {
  info: NetworkInfo
  addresses: string[]
  interfaceName: string
  aliases: string[]
  mac?: string
  /** For netavark and its plugins. */
  options?: Record<string, string>
}

/** What netavark is asked for. Ports of ordinary users are forwarded by a program of ours and not by the firewall. */
export function describeSetup(
  { identity }: Context,
  { id, name, config }: ContainerRecord,
  memberships: readonly Membership[],
): NetavarkSetup {
  const servers = (config.spec.dns_server ?? []).filter((server) => server !== 'none')
  return {
    containerId: id,
    containerName: name,
    containerHostname: config.hostname || id.slice(0, 12),
    ports: identity.rootless ? [] : toRuns(config.ports),
    networks: Object.fromEntries(
      memberships.map(({ info, addresses, interfaceName, aliases, mac, options }) => [
        info.name,
        {
          staticIps: info.ipam_options['driver'] === 'dhcp' ? [] : addresses,
          interfaceName,
          aliases,
          ...(mac ? { staticMac: mac } : {}),
          ...(options ? { options } : {}),
        },
      ]),
    ),
    networkInfo: Object.fromEntries(memberships.map(({ info }) => [info.name, identity.rootless ? isolated(info) : info])),
    // The network's name server asks them.
    ...(servers.length > 0 ? { dnsServers: servers } : {}),
  }
}

/** An ordinary user's networks do not reach each other unless their options say so (docs/decisions/0024). */
function isolated(info: NetworkInfo): NetworkInfo {
  return info.driver === 'bridge' ? { ...info, options: { isolate: 'true', ...info.options } } : info
}

/** A membership as it was recorded. */
export function membershipOf(info: NetworkInfo, status: NetworkStatus): Membership {
  return {
    info,
    addresses: status.addresses.map(({ address }) => address),
    interfaceName: status.interface,
    aliases: status.aliases,
    ...(status.mac ? { mac: status.mac } : {}),
  }
}

/** What is recorded of a membership: what netavark answered, or before that what was asked. */
export function statusOf(
  { info, aliases, interfaceName, addresses: taken }: Membership,
  status: NetavarkStatus | undefined,
): NetworkStatus {
  const [found] = Object.entries(status?.interfaces ?? {})
  const planned: NetavarkStatus['interfaces'][string] = { mac: '', subnets: taken.map((address) => ({ ipnet: address })) }
  const [name, { mac, subnets }] = found ?? [interfaceName, planned]
  const addresses = subnets.map(({ ipnet, gateway }) => {
    const [address = '', prefix] = ipnet.split('/')
    return { address, prefix: Number(prefix ?? 0), gateway: gateway ?? '' }
  })
  return { interface: name, mac, addresses, aliases, networkId: info.id }
}
