import { existsSync, readFileSync, writeFileSync } from 'node:fs'
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
import { EngineError } from '../../errors/index.ts'
import { bootId } from '../../lib/process/process.ts'
import type { Context } from '../context.ts'
import { containerPaths } from '../paths.ts'
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
    writeFileSync(setupFile(context, container.id), JSON.stringify(setup), { mode: 0o600 })
    const statuses = await withNetworkLock(context, () => setupNetworks(netns, setup, { ...options(context), signal }))
    return Object.fromEntries(
      memberships.map((membership) => [membership.info.name, toStatus(membership, statuses[membership.info.name])]),
    )
  } catch (error) {
    await withNetworkLock(context, () => teardownNetworks(netns, setup, options(context))).catch(() => {})
    await context.database.transaction(() => releaseAddresses(context.database, container.id))
    throw error
  }
}

/**
 * Undoes {@link setUpBridges}; idempotent. Networks removed meanwhile are used as recorded. Of a run before the host was
 * restarted only addresses are left: netavark would make its empty chains for a container that is not there.
 */
export async function tearDownBridges(context: Context, container: ContainerRecord): Promise<void> {
  const { networks, netnsPath } = container.state
  try {
    if (container.state.bootId !== bootId()) return
    const found = await Promise.all(
      Object.entries(networks).map(async ([name, status]) => {
        const info = await networkAsJoined(context, container, name)
        return info && membershipOf(info, status)
      }),
    )
    const memberships = found.filter((membership) => membership !== undefined)
    if (memberships.length > 0) {
      const setup = describeSetup(container, memberships)
      await withNetworkLock(context, () => teardownNetworks(netnsPath, setup, options(context)))
    }
  } finally {
    await context.database.transaction(() => releaseAddresses(context.database, container.id))
  }
}

/** {@link tearDownBridges} for a container whose record is lost, by what was written when its run began. */
export async function tearDownWritten(context: Context, id: string, netns: string): Promise<void> {
  const setup = setupWritten(context, id)
  if (setup) await withNetworkLock(context, () => teardownNetworks(netns, setup, options(context)))
}

/** What netavark was asked for when a run began. A restart of the host removes it. */
function setupFile(context: Context, id: string): string {
  return path.join(containerPaths(context, id).run, 'networks.json')
}

/** Runs that an earlier version began wrote their networks alone. */
function setupWritten(context: Context, id: string): NetavarkSetup | undefined {
  const file = setupFile(context, id)
  if (!existsSync(file)) return undefined
  const written = JSON.parse(readFileSync(file, 'utf8')) as Partial<NetavarkSetup> | Record<string, NetworkInfo>
  return 'networkInfo' in written && 'containerId' in written ? (written as NetavarkSetup) : undefined
}

/** A network that a container has joined; `undefined` if it was removed and never recorded. */
async function networkAsJoined(context: Context, container: ContainerRecord, name: string): Promise<NetworkInfo | undefined> {
  try {
    return await findNetwork(context, name)
  } catch (error) {
    if (!EngineError.is(error, 'NetworkNotFound')) throw error
    return networksWritten(context, container)[name]
  }
}

function networksWritten(context: Context, container: ContainerRecord): Partial<Record<string, NetworkInfo>> {
  try {
    const written = setupWritten(context, container.id)?.networkInfo
    return written ?? (JSON.parse(readFileSync(setupFile(context, container.id), 'utf8')) as Record<string, NetworkInfo>)
  } catch (error) {
    context.log.warn('a removed network may have left firewall rules', {
      object: container.id,
      reason: (error as Error).message,
    })
    return {}
  }
}

/** netavark reads the firewall, then changes it: two concurrent runs would undo each other's changes. */
function withNetworkLock<T>(context: Context, work: () => Promise<T>): Promise<T> {
  return context.lock('network', 'netavark', work)
}

function options(context: Context): { configDir: string; rootless: boolean } {
  return { configDir: path.join(context.runRoot, 'networks'), rootless: context.identity.rootless }
}

/** Recorded with the container before anything is created: what a killed process left can be undone. */
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
    updateState(context.database, container.id, { netnsPath: netns, networks, bootId: bootId() })
    return memberships
  })
}

function takeOne(context: Context, id: string, info: NetworkInfo, subnet: string, asked: string | undefined): string {
  const { first, last } = parseSubnet(subnet)
  if (asked) {
    const number = parseIpv4(asked)
    // The network's own, its gateway's and the broadcast address are nobody's.
    if (number < first + 2 || number >= last || asked === info.subnets[0]?.gateway)
      throw new EngineError(
        'InvalidArgument',
        `The address ${asked} is not one that a container of the network ${info.name} (${subnet}) can have.`,
        { details: { field: 'Networks.static_ips', network: info.name, address: asked } },
      )
    takeStaticAddress(context.database, info.name, number, asked, id)
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
