import type { NetworkInfo, NetworkSubnet } from '../../adapters/netavark.ts'
import { EngineError } from '../../errors/index.ts'
import { takeAddress, takeStaticAddress } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { type Address, type Block, contains, formatAddress, parseAddress, parseBlock, usable } from '../../lib/host/ip-blocks.ts'

/**
 * Gives a container an address of each subnet of a network: the asked one, or a free one. In a transaction.
 *
 * @throws EngineError `InvalidArgument`, `AddressExhausted`.
 */
export function takeAddresses(context: Context, id: string, info: NetworkInfo, asked: readonly string[]): string[] {
  const wanted = asked.map((text) => ({ text, address: parseAddress(text) }))
  const blocks = info.subnets.map(({ subnet }) => parseBlock(subnet))
  const stray = wanted.find(({ address }) => !blocks.some((block) => contains(block, address)))
  if (stray) throw unsuitable(info, stray.text, `requested static ip ${stray.text} not in any subnet on network ${info.name}`)
  return info.subnets.map((subnet, at) => {
    const block = blocks[at] as Block
    const own = wanted.find(({ address }) => contains(block, address))
    return own ? takeAsked(context, id, info, block, own) : takeAny(context, id, info, subnet, block)
  })
}

function takeAsked(
  context: Context,
  id: string,
  info: NetworkInfo,
  block: Block,
  { text, address }: { text: string; address: Address },
): string {
  const { first, last } = usable(block)
  const shown = formatAddress(address)
  // The network's own, its gateway's and the broadcast address are nobody's.
  if (address.value < first || address.value > last || info.subnets.some(({ gateway }) => gateway === shown))
    throw unsuitable(info, text, `The address ${text} is not one that a container of the network ${info.name} can have.`)
  takeStaticAddress(context.database, info.name, address.value, text, id)
  return shown
}

function takeAny(
  context: Context,
  id: string,
  { name }: NetworkInfo,
  { gateway, lease_range: lease }: NetworkSubnet,
  block: Block,
) {
  const { first, last } = usable(block)
  const value = takeAddress(
    context.database,
    name,
    {
      first: lease?.start_ip ? parseAddress(lease.start_ip).value : first,
      last: lease?.end_ip ? parseAddress(lease.end_ip).value : last,
      ...(gateway ? { except: parseAddress(gateway).value } : {}),
    },
    id,
  )
  return formatAddress({ family: block.family, value })
}

function unsuitable({ name }: NetworkInfo, address: string, message: string): EngineError {
  return new EngineError('InvalidArgument', message, { details: { field: 'Networks.static_ips', network: name, address } })
}
