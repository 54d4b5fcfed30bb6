import { isIP } from '../../lib/host/ip-version.ts'

import type { NetworkInfo, NetworkSubnet } from '../../adapters/netavark.ts'
import type { NetworkRequest } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { randomHex } from '../../lib/random-id.ts'
import type { Context } from '../context.ts'
import { type Block, contains, formatAddress, formatBlock, overlaps, parseAddress, parseBlock } from '../../lib/host/ip-blocks.ts'
import { freeBlock, hash, mainStore } from './default-network.ts'

type AskedSubnet = NonNullable<NonNullable<NetworkRequest['subnets']>[number]>

/** @throws EngineError `InvalidArgument`, `AddressExhausted`. */
export async function resolveSubnets(
  context: Context,
  { subnets: asked, ipv6_enabled: dual }: Pick<NetworkRequest, 'subnets' | 'ipv6_enabled'>,
  others: readonly NetworkInfo[],
  gateways: boolean,
): Promise<NetworkSubnet[]> {
  const taken = others.flatMap(({ subnets }) => subnets.map(({ subnet }) => parseBlock(subnet)))
  const found: NetworkSubnet[] = []
  const add = (subnet: NetworkSubnet) => {
    taken.push(parseBlock(subnet.subnet))
    found.push(subnet)
  }
  for (const each of asked ?? []) add(checkedSubnet(each, taken, gateways))
  const has = (family: 4 | 6) => found.some(({ subnet }) => parseBlock(subnet).family === family)
  const wanted = found.length === 0 && !dual ? ([4] as const) : dual ? ([4, 6] as const) : []
  for (const family of wanted) {
    if (has(family)) continue
    const block = family === 4 ? await freeSubnet(context, taken) : randomSubnet()
    add({ subnet: formatBlock(block), ...(gateways ? { gateway: firstOf(block) } : {}) })
  }
  return found
}

const firstOf = (block: Block): string => formatAddress({ ...block, value: block.first + 1n })

/** @throws EngineError `InvalidArgument` */
function checkedSubnet(
  { subnet, gateway, lease_range: lease }: AskedSubnet,
  taken: readonly Block[],
  gateways: boolean,
): NetworkSubnet {
  const block = parseBlock(subnet)
  const name = formatBlock(block)
  if (block.last - block.first < 1n) throw wrong(`The subnet ${name} has no room for a gateway and a container.`, subnet)
  if (taken.some((other) => overlaps(block, other)))
    throw wrong(`subnet ${name} is already used on the host or by another config`, subnet)
  const address = (text: string, what: string): string => {
    const parsed = isIP(text) === 0 ? undefined : parseAddress(text)
    if (parsed && contains(block, parsed)) return formatAddress(parsed)
    throw wrong(`${what} ${text} not in subnet ${name}`, subnet)
  }
  const gate = gateway ? address(gateway, 'gateway') : gateways ? firstOf(block) : undefined
  const start = lease?.start_ip ? address(lease.start_ip, 'lease range start ip') : undefined
  const end = lease?.end_ip ? address(lease.end_ip, 'lease range end ip') : undefined
  if (start && end && parseAddress(start).value > parseAddress(end).value)
    throw wrong(`The range of addresses ${start} to ${end} of subnet ${name} is empty.`, subnet)
  return {
    subnet: name,
    ...(gate ? { gateway: gate } : {}),
    ...(start || end ? { lease_range: { ...(start ? { start_ip: start } : {}), ...(end ? { end_ip: end } : {}) } } : {}),
  }
}

function wrong(message: string, subnet: string): EngineError {
  return new EngineError('InvalidArgument', message, { details: { field: 'subnets', subnet } })
}

/** A block of unique local addresses, as RFC 4193 chooses them. */
function randomSubnet(): Block {
  const first = BigInt(`0xfd${randomHex(7)}`) << 64n
  return { family: 6, first, last: first + (1n << 64n) - 1n, prefix: 64 }
}

/** The first free one of the pools; a store other than the host's begins elsewhere, so that two of them seldom meet. */
async function freeSubnet(context: Context, taken: readonly Block[]): Promise<Block> {
  const pools = (await context.conf()).network.defaultSubnetPools
  if (pools) return freeBlock(ofPools(pools.map(poolOf)), taken)
  const start = context.root === mainStore ? 0 : hash(context.root) % ownSubnets
  return freeBlock(ownPool(start), taken)
}

/** Apart from the default network's and podman's (default-network.ts): 10.32.0.0/24 to 10.47.255.0/24. */
const ownSubnets = 4096

function* ownPool(start: number): Generator<Block> {
  for (let step = 0; step < ownSubnets; step += 1) {
    const at = (start + step) % ownSubnets
    yield parseBlock(`10.${32 + Math.floor(at / 256)}.${at % 256}.0/24`)
  }
}

interface Pool {
  base: Block
  size: number
}

/** @throws EngineError `InvalidArgument` */
function poolOf(pool: { base?: unknown; size?: unknown }): Pool {
  const { base, size } = pool
  const block = typeof base === 'string' ? parseBlock(base) : undefined
  const length = typeof size === 'number' || typeof size === 'bigint' ? Number(size) : undefined
  if (block?.family === 4 && length !== undefined && length >= block.prefix && length <= 30) return { base: block, size: length }
  throw new EngineError(
    'InvalidArgument',
    `default_subnet_pools in containers.conf holds ${JSON.stringify({ base, size: String(size) })}: each entry is {"base" = "10.89.0.0/16", "size" = 24} of IPv4.`,
    { details: { key: 'default_subnet_pools' } },
  )
}

function* ofPools(pools: readonly Pool[]): Generator<Block> {
  for (const { base, size } of pools) {
    const step = 1n << BigInt(32 - size)
    for (let first = base.first; first + step - 1n <= base.last; first += step)
      yield { family: 4, first, last: first + step - 1n, prefix: size }
  }
}
