import path from 'node:path'

import {
  type NetavarkSetup,
  type NetworkInfo,
  type NetworkStatus as NetavarkStatus,
  setupNetworks,
  teardownNetworks,
} from '../../adapters/netavark.ts'
import {
  type ContainerRecord,
  type NetworkStatus,
  releaseAddresses,
  takeAddress,
  takeStaticAddress,
  updateState,
} from '../../store/index.ts'
import type { Context } from '../context.ts'
import { findNetwork } from './find.ts'
import { formatIpv4, parseIpv4, parseSubnet } from './ipv4.ts'
import { toRuns } from './ports.ts'

/** One network that a container joins, with the addresses it was given. */
interface Membership {
  info: NetworkInfo
  addresses: string[]
  interfaceName: string
  aliases: string[]
  mac?: string
}

/**
 * Joins a container's network namespace to its networks and publishes its ports. On failure its addresses are free again
 * and nothing of it is left in the firewall.
 *
 * @throws EngineError `NetworkFailed`, `NetworkNotFound`, `AddressExhausted`, `ProgramMissing`.
 */
export async function setUpBridges(
  context: Context,
  container: ContainerRecord,
  netns: string,
  signal?: AbortSignal,
): Promise<Record<string, NetworkStatus>> {
  const memberships = await takeAddresses(context, container, netns)
  const setup = describeSetup(container, memberships)
  try {
    const statuses = await exclusively(context, () => setupNetworks(netns, setup, { ...options(context), signal }))
    return Object.fromEntries(
      memberships.map((membership) => [membership.info.name, toStatus(membership, statuses[membership.info.name])]),
    )
  } catch (error) {
    await exclusively(context, () => teardownNetworks(netns, setup, options(context))).catch(() => {})
    await context.database.transaction(() => releaseAddresses(context.database, container.id))
    throw error
  }
}

/** Undoes {@link setUpBridges}; idempotent. */
export async function tearDownBridges(context: Context, container: ContainerRecord): Promise<void> {
  const { networks, netnsPath } = container.state
  const memberships = await Promise.all(
    Object.entries(networks).map(async ([name, status]) => membershipOf(await findNetwork(context, name), status)),
  )
  try {
    if (memberships.length > 0) {
      const setup = describeSetup(container, memberships)
      await exclusively(context, () => teardownNetworks(netnsPath, setup, options(context)))
    }
  } finally {
    await context.database.transaction(() => releaseAddresses(context.database, container.id))
  }
}

/** netavark reads the firewall, then changes it: two at once would undo each other's. */
function exclusively<T>(context: Context, work: () => Promise<T>): Promise<T> {
  return context.lock('network', 'netavark', work)
}

function options(context: Context): { configDir: string; rootless: boolean } {
  return { configDir: path.join(context.runRoot, 'networks'), rootless: context.identity.rootless }
}

/** Noted with the container before anything is made of them: whoever finds the remains of a killed process can undo them. */
async function takeAddresses(context: Context, container: ContainerRecord, netns: string): Promise<Membership[]> {
  const wanted = Object.entries(container.config.networks)
  const infos = await Promise.all(
    (wanted.length > 0 ? wanted : [['default', {}] as const]).map(([name]) => findNetwork(context, name)),
  )
  return await context.database.transaction(() => {
    releaseAddresses(context.database, container.id)
    const memberships = infos.map((info, index): Membership => {
      const choice = wanted[index]?.[1] ?? {}
      const [subnet] = info.subnets
      return {
        info,
        addresses: subnet ? [takeOne(context, container.id, info, subnet.subnet, choice.static_ips?.[0])] : [],
        interfaceName: choice.interface_name || `eth${index}`,
        aliases: [...(choice.aliases ?? []), container.id.slice(0, 12)],
        mac: choice.static_mac,
      }
    })
    const networks = Object.fromEntries(memberships.map((membership) => [membership.info.name, toStatus(membership, undefined)]))
    updateState(context.database, container.id, { netnsPath: netns, networks })
    return memberships
  })
}

function takeOne(context: Context, id: string, info: NetworkInfo, subnet: string, asked: string | undefined): string {
  const { first, last } = parseSubnet(subnet)
  if (asked) {
    takeStaticAddress(context.database, info.name, parseIpv4(asked), asked, id)
    return asked
  }
  // Not the network's own address, its gateway's or the broadcast address.
  return formatIpv4(takeAddress(context.database, info.name, { first: first + 2, last: last - 1 }, id))
}

function describeSetup({ id, name, config }: ContainerRecord, memberships: readonly Membership[]): NetavarkSetup {
  return {
    containerId: id,
    containerName: name,
    containerHostname: config.hostname || id.slice(0, 12),
    ports: toRuns(config.ports),
    networks: Object.fromEntries(
      memberships.map(({ info, addresses, interfaceName, aliases, mac }) => [
        info.name,
        { staticIps: addresses, interfaceName, aliases, staticMac: mac },
      ]),
    ),
    networkInfo: Object.fromEntries(memberships.map(({ info }) => [info.name, info])),
  }
}

function membershipOf(info: NetworkInfo, status: NetworkStatus): Membership {
  return {
    info,
    addresses: status.addresses.map(({ address }) => address),
    interfaceName: status.interface,
    aliases: status.aliases,
  }
}

function toStatus(
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
