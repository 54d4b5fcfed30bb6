import type { NetworkRequest } from '../../../contract/networks.ts'
import { formatAddress, parseBlock } from '../../../lib/host/ip-blocks.ts'
import { isAddress } from '../../../spec/address.ts'
import { inContext } from '../../../spec/bad-value.ts'
import { parsePairs } from '../../../spec/pair.ts'
import { command } from '../../command.ts'
import { print } from '../../output/print.ts'
import { bool, text, texts, textOr, words } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'

export const networkCreate = command({
  summary: 'Create networks for containers and pods',
  description:
    'Creates a network. Its bridge and firewall rules come with its first container and go with its last. Without subnets a free one is chosen.',
  usage: '[NAME]',
  examples: [
    'berth network create shop',
    'berth network create --subnet 192.5.0.0/16 --gateway 192.5.0.1 shop',
    'berth network create --ipv6 --internal backend',
  ],
  flags: {
    'disable-dns': bool('', 'Disable name resolution in the network'),
    dns: words('', 'DNS servers this network will use'),
    driver: textOr('d', 'Driver to manage the network: bridge, macvlan or ipvlan', 'bridge'),
    gateway: texts('', 'IPv4 or IPv6 gateway for the subnet'),
    ignore: bool('', "Don't fail if network already exists"),
    'interface-name': text('', 'Interface name which is used by the driver'),
    internal: bool('', 'Restrict external access from this network'),
    'ip-range': texts('', 'Allocate container IP from range'),
    'ipam-driver': text('', 'IP Address Management Driver: host-local, dhcp or none'),
    ipv6: bool('', 'Enable IPv6 networking'),
    label: texts('', 'Set metadata on a network'),
    opt: texts('o', 'Set driver specific options'),
    route: texts('', 'Static routes: destination,gateway[,metric]'),
    subnet: texts('', 'Subnets in CIDR format'),
  },
  args: { max: 1 },
  async run({ args: [name], flags, engine }) {
    const split = (values: readonly string[]) => values.flatMap((value) => value.split(',')).filter((value) => value !== '')
    const body: NetworkRequest = {
      ...(name === undefined ? {} : { name }),
      driver: flags.driver,
      ...(flags['interface-name'] ? { network_interface: flags['interface-name'] } : {}),
      subnets: subnetsOf(flags.subnet, split(flags.gateway), flags['ip-range']),
      routes: flags.route.map(routeOf),
      ipv6_enabled: flags.ipv6,
      internal: flags.internal,
      dns_enabled: !flags['disable-dns'],
      network_dns_servers: split(flags.dns),
      labels: inContext('failed to parse labels', () => parsePairs(flags.label, 'label')),
      options: parsePairs(flags.opt, 'network option'),
      ...(flags['ipam-driver'] ? { ipam_options: { driver: flags['ipam-driver'] } } : {}),
      ignore_if_exists: flags.ignore,
    }
    const made = await (await engine())['network.create']({ body })
    print(`${made.name}\n`)
  },
})

/** The first gateway and range are the first subnet's. @throws UsageError */
function subnetsOf(
  subnets: readonly string[],
  gateways: readonly string[],
  ranges: readonly string[],
): NetworkRequest['subnets'] {
  if (subnets.length === 0 && (gateways.length > 0 || ranges.length > 0))
    throw new UsageError('cannot set gateway or range without subnet')
  if (gateways.length > subnets.length) throw new UsageError('cannot set more gateways than subnets')
  if (ranges.length > subnets.length) throw new UsageError('cannot set more ranges than subnets')
  return subnets.map((subnet, at) => {
    const [gateway, range] = [gateways[at], ranges[at]]
    if (gateway !== undefined && !isAddress(gateway))
      throw new UsageError(
        `invalid argument "${gateway}" for "--gateway" flag: invalid string being converted to IP address: ${gateway}`,
        "See 'berth network create --help'",
      )
    return {
      subnet,
      ...(gateway ? { gateway } : {}),
      ...(range ? { lease_range: rangeOf(range) } : {}),
    }
  })
}

/** `FIRST-LAST`, or a block without its first address. @throws EngineError `InvalidArgument` */
function rangeOf(text: string): { start_ip: string; end_ip: string } {
  const [, first, last] = /^([\da-f.:]+)-([\da-f.:]+)$/i.exec(text) ?? []
  if (first !== undefined && last !== undefined) return { start_ip: first, end_ip: last }
  const block = parseBlock(text)
  const address = (value: bigint) => formatAddress({ family: block.family, value })
  return { start_ip: address(block.first + 1n), end_ip: address(block.last) }
}

/** @throws UsageError */
function routeOf(text: string): { destination: string; gateway: string; metric?: number } {
  const [destination = '', gateway, metric, ...rest] = text.split(',')
  if (gateway === undefined || rest.length > 0)
    throw new UsageError(`invalid route: ${text}\nFormat: --route <destination in CIDR>,<gateway>,<metric (optional)>`)
  if (metric !== undefined && !/^\d{1,10}$/.test(metric)) throw new UsageError(`invalid route metric ${metric}`)
  return { destination, gateway, ...(metric === undefined ? {} : { metric: Number(metric) }) }
}
