import { interfaceNames } from '../../lib/host/interfaces.ts'
import { isIP } from '../../lib/host/ip-version.ts'

import { type NetworkInfo, networkPlugin } from '../../adapters/netavark.ts'
import type { NetworkRequest } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { randomId } from '../../lib/random-id.ts'
import { dockerBridgeName } from '../../spec/network-option-names.ts'
import { timestamp } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { contains, formatAddress, formatBlock, parseAddress, parseBlock } from '../../lib/host/ip-blocks.ts'
import { hash, mainStore } from './default-network.ts'
import { networkDrivers, networkOptions } from './options.ts'
import { resolveSubnets } from './subnets.ts'

const modes = ['bridge', 'host', 'none', 'default', 'container', 'private', 'pasta', 'slirp4netns', 'ns', 'pod']

/**
 * Checks a request and chooses what it does not say.
 *
 * @param others all networks that there are.
 * @throws EngineError `NameInvalid`, `InvalidArgument`, `NotSupported`, `AddressExhausted`.
 */
export async function resolveNetwork(
  context: Context,
  asked: NetworkRequest,
  others: readonly NetworkInfo[],
): Promise<NetworkInfo> {
  const driver = await checkDriver(context, asked.driver || 'bridge')
  const { [dockerBridgeName]: dockerBridge, ...given } = asked.options ?? {}
  const { parent, ...options } = networkOptions(driver, given)
  const link = interfaceOf(driver, asked.network_interface || dockerBridge || parent, options, others)
  const free = driver === 'bridge' && !link ? freeInterface(context, others) : ''
  const name = checkName(asked.name || free || freeName(context, others))
  const ipam = ipamOf(context, name, driver, asked)
  const dns = driver === 'bridge' && ipam === 'host-local' && (asked.dns_enabled ?? false)
  const internal = asked.internal ?? false
  const subnets = ipam !== 'host-local' ? [] : await resolveSubnets(context, asked, others, !internal || dns)
  return {
    name,
    id: randomId(),
    driver,
    network_interface: link || free,
    created: timestamp(),
    subnets,
    routes: routesOf(asked, subnets),
    ipv6_enabled: subnets.some(({ subnet }) => subnet.includes(':')),
    internal,
    dns_enabled: dns,
    network_dns_servers: serversOf(asked, dns),
    labels: asked.labels ?? {},
    options,
    ipam_options: { driver: ipam },
  }
}

async function checkDriver(context: Context, driver: string): Promise<string> {
  const { netavarkPluginDirs, networkBackend } = (await context.conf()).network
  if (networkBackend !== undefined && networkBackend !== '' && networkBackend !== 'netavark')
    throw new EngineError(
      'NotSupported',
      `The network_backend ${JSON.stringify(networkBackend)} of containers.conf is not one of Berth's: networks are made by netavark.`,
      { details: { key: 'network_backend' } },
    )
  if (!networkDrivers.includes(driver) && networkPlugin(driver, netavarkPluginDirs) === undefined)
    throw invalid(
      `unsupported driver ${driver}: it is none of ${networkDrivers.join(', ')}, and no program in netavark's folders`,
      'driver',
    )
  if (context.identity.rootless && driver !== 'bridge')
    throw new EngineError(
      'NotSupported',
      `Networks of the driver ${driver} are for administrators: they reach the host's own interfaces; use the driver bridge.`,
      { details: { field: 'driver', driver } },
    )
  return driver
}

/** Its bridge, or the host's interface that it is upon; empty where one is to be chosen. @throws EngineError */
function interfaceOf(
  driver: string,
  given: string | undefined,
  { mode }: Readonly<Record<string, string>>,
  others: readonly NetworkInfo[],
): string {
  if (!given) return ''
  if (!/^[A-Za-z0-9][\w.-]{0,14}$/.test(given))
    throw invalid(
      `${driver} name ${given} invalid: an interface has up to 15 letters, digits, dots, dashes and underscores`,
      'network_interface',
    )
  const there = interfaceNames().has(given)
  if (driver !== 'bridge') {
    if (!there) throw invalid(`parent interface ${given} does not exist`, 'network_interface')
    return given
  }
  const used = others.some((other) => other.driver === 'bridge' && other.network_interface === given)
  if (used || (there && mode !== 'unmanaged')) throw invalid(`bridge name ${given} already in use`, 'network_interface')
  return given
}

/** The name of a bridge that neither a network nor the host has; another store than the host's has a part of its own in it. */
function freeInterface({ root, identity }: Context, others: readonly NetworkInfo[]): string {
  const plain = root === mainStore || identity.rootless
  const prefix = plain ? 'berth' : `berth${(hash(root) % 65_536).toString(16).padStart(4, '0')}-`
  const taken = new Set([...interfaceNames(), ...others.flatMap(({ name, network_interface }) => [name, network_interface])])
  for (let at = 1; ; at += 1) {
    const name = `${prefix}${at}`
    if (!taken.has(name)) return name
  }
}

const freeName = freeInterface

/** @throws EngineError `NameInvalid` */
function checkName(name: string): string {
  if (modes.includes(name))
    throw new EngineError(
      'NameInvalid',
      `cannot create network with name ${JSON.stringify(name)} because it conflicts with a valid network mode`,
      { details: { name } },
    )
  if (/^[A-Za-z0-9][\w.-]{0,199}$/.test(name)) return name
  throw new EngineError(
    'NameInvalid',
    `network name ${name.slice(0, 200)} invalid: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*, at most 200 characters`,
    { details: { name } },
  )
}

/** Who gives its containers addresses. @throws EngineError */
function ipamOf({ identity }: Context, name: string, driver: string, asked: NetworkRequest): string {
  const { ipam_options: options, subnets } = asked
  const some = (subnets ?? []).length > 0
  const ipam =
    options?.['driver'] || (driver === 'macvlan' || driver === 'ipvlan' ? (some ? 'host-local' : 'dhcp') : 'host-local')
  if (ipam === 'dhcp' && driver === 'ipvlan')
    throw invalid('ipam driver dhcp is not supported with ipvlan: give a --subnet', 'ipam_options')
  if (ipam === 'dhcp' && identity.rootless)
    throw new EngineError(
      'NotSupported',
      `The addresses of network ${name} would come from a DHCP server, which no network of an ordinary user reaches: give a --subnet, or --ipam-driver none.`,
      { details: { field: 'ipam_options', driver: ipam } },
    )
  if (!['host-local', 'none', 'dhcp'].includes(ipam))
    throw invalid(`unsupported ipam driver ${JSON.stringify(ipam)}: use host-local, dhcp or none`, 'ipam_options')
  if (ipam !== 'host-local' && some)
    throw invalid(`${ipam} ipam driver is set but subnets are given: leave the subnets out.`, 'subnets')
  return ipam
}

/** @throws EngineError */
function routesOf({ routes }: NetworkRequest, subnets: NetworkInfo['subnets']): NonNullable<NetworkInfo['routes']> {
  return (routes ?? []).map(({ destination, gateway, metric }) => {
    const block = parseBlock(destination)
    if (isIP(gateway) === 0) throw invalid(`invalid route gateway ${gateway}`, 'routes')
    const address = parseAddress(gateway)
    if (!subnets.some(({ subnet }) => contains(parseBlock(subnet), address)))
      throw invalid(`The gateway ${gateway} of the route to ${formatBlock(block)} is in no subnet of the network.`, 'routes')
    if (address.family !== block.family)
      throw invalid(`The gateway ${gateway} of the route to ${formatBlock(block)} is of another version of IP.`, 'routes')
    return {
      destination: formatBlock(block),
      gateway: formatAddress(address),
      ...(metric === undefined || metric === null ? {} : { metric }),
    }
  })
}

/** @throws EngineError */
function serversOf({ network_dns_servers: servers }: NetworkRequest, dns: boolean): string[] {
  if (!servers || servers.length === 0) return []
  if (!dns)
    throw invalid('cannot set NetworkDNSServers if DNS is not enabled for the network: invalid argument', 'network_dns_servers')
  return servers.map((server) => checkServer(server, 'NetworkDNSServers'))
}

/** @throws EngineError `InvalidArgument` for what is no address. */
export function checkServer(server: string, field: string): string {
  if (isIP(server) !== 0) return server
  throw invalid(`unable to parse ip ${server} specified in ${field}: invalid argument`, field)
}

function invalid(message: string, field: string): EngineError {
  return new EngineError('InvalidArgument', message, { details: { field } })
}
