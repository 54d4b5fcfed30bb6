import { existsSync, readFileSync } from 'node:fs'

import type { NetworkInfo } from '../../adapters/netavark.ts'
import { EngineError } from '../../errors/index.ts'
import { which } from '../../lib/process/exec.ts'
import { timestamp } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { type Block, formatAddress, formatBlock, overlaps, parseBlock } from '../../lib/host/ip-blocks.ts'

/** The network's name and id in podman, which clients expect. */
export const defaultNetworkName = 'podman'
const defaultNetworkId = '2f259bab93aaaaa2542ba43ef33eb990d0999ee1b9924b557b7be53c0b7a1bb9'
const setting = 'network:podman'
export const mainStore = '/var/lib/berth'

/**
 * The default network of this store. Its bridge and subnet are chosen once, so as to collide neither with an installed podman nor
 * with another store on this host; a `default_subnet` of containers.conf holds instead.
 *
 * @throws EngineError `AddressExhausted` if the host uses every candidate subnet.
 */
export async function defaultNetwork(context: Context): Promise<NetworkInfo> {
  const read = () => context.database.get('SELECT value FROM settings WHERE key = ?', setting)?.['value'] as string | undefined
  const known = read()
  const configured = (await context.conf()).network.defaultSubnet
  if (known !== undefined) return configured ? await inSubnet(context, networkIn(known), configured) : networkIn(known)
  const chosen = choose(context.root, configured)
  return await context.database.transaction(() => {
    // Another process may have chosen meanwhile.
    const value = read() ?? JSON.stringify({ version, network: chosen })
    context.database.run('INSERT OR IGNORE INTO settings (key, value) VALUES (?, ?)', setting, value)
    return networkIn(value)
  })
}

/** What containers.conf says by now holds once no container is in the network any more: the running ones keep their bridge's addresses. */
async function inSubnet(context: Context, network: NetworkInfo, configured: string): Promise<NetworkInfo> {
  const subnets = subnetsOf(parseBlock(configured))
  if (network.subnets[0]?.subnet === subnets[0]?.subnet) return network
  const { database } = context
  const isUsed = () => database.get('SELECT 1 FROM addresses WHERE network = ?', network.name) !== undefined
  if (isUsed()) return network
  const moved = { ...network, subnets, ipv6_enabled: configured.includes(':') }
  return await database.transaction(() => {
    // Another process may have started one meanwhile.
    if (isUsed()) return network
    database.run('UPDATE settings SET value = ? WHERE key = ?', JSON.stringify({ version, network: moved }), setting)
    return moved
  })
}

function subnetsOf(block: Block): NetworkInfo['subnets'] {
  return [{ subnet: formatBlock(block), gateway: formatAddress({ ...block, value: block.first + 1n }) }]
}

/** Of how the network is kept. Before version 2 it was kept bare. */
const version = 2

/** @throws EngineError `StoreCorrupt`, `StoreUnsuitable`. */
function networkIn(text: string): NetworkInfo {
  const kept = parse(text)
  if (typeof kept.version === 'number' && kept.version > version) {
    const message = `The default network was written by a newer version of berth (version ${kept.version} of it, this one knows ${version}): upgrade berth.`
    throw new EngineError('StoreUnsuitable', message, { details: { version: kept.version, known: version } })
  }
  const network = (kept.version === undefined ? kept : kept.network) as Partial<NetworkInfo> | undefined
  if (typeof network?.network_interface !== 'string' || !Array.isArray(network.subnets))
    throw new EngineError('StoreCorrupt', 'The record of the default network is damaged: it names no bridge or no subnets.')
  return network as NetworkInfo
}

function parse(text: string): { version?: unknown; network?: unknown } {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // Said below, without the text.
  }
  throw new EngineError('StoreCorrupt', 'The record of the default network is damaged: it is no object of JSON.')
}

function choose(root: string, configured: string | undefined): NetworkInfo {
  const block = configured ? parseBlock(configured) : freeBlock(candidates(root))
  return {
    name: defaultNetworkName,
    id: defaultNetworkId,
    driver: 'bridge',
    network_interface: root === mainStore ? 'berth0' : `berth${hash(root).toString(16).padStart(8, '0')}`,
    created: timestamp(),
    subnets: subnetsOf(block),
    ipv6_enabled: block.family === 6,
    internal: false,
    dns_enabled: false,
    ipam_options: { driver: 'host-local' },
  }
}

/** Podman's own is 10.88.0.0/16, and 10.89.0.0 on are for its users' networks: downward from there is free of it. */
function candidates(root: string): Block[] {
  const wide = Array.from({ length: 20 }, (_, step) => parseBlock(`10.${88 - step}.0.0/16`))
  if (root === mainStore) return which('podman') === null && !existsSync('/sys/class/net/podman0') ? wide : wide.slice(1)
  // Other stores on one host are for tests and trials: a small network each, by the store's name.
  const start = hash(root) % 4096
  return Array.from({ length: 4096 }, (_, step) => (start + step) % 4096).map((at) =>
    parseBlock(`10.${48 + Math.floor(at / 256)}.${at % 256}.0/24`),
  )
}

/** The first of some blocks that the host routes nowhere, and that is none of `taken`. @throws EngineError `AddressExhausted`. */
export function freeBlock(wanted: Iterable<Block>, taken: readonly Block[] = []): Block {
  const used = [...taken, ...hostRoutes(readRoutes())]
  for (const block of wanted) if (!used.some((other) => overlaps(block, other))) return block
  throw new EngineError(
    'AddressExhausted',
    'Every subnet that a network could have is in use on this host; set default_subnet or default_subnet_pools in containers.conf.',
  )
}

/** What the host routes somewhere already, from the text of /proc/net/route; not its default route, nor what our own bridges have. */
export function hostRoutes(table: string): Block[] {
  const number = (hex: string) => Buffer.from(hex, 'hex').readUInt32LE(0)
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [name, destination, , , , , , mask] = line.split('\t')
      if (!name || name === 'berth0' || !destination || !mask || mask === '00000000') return []
      const prefix = number(mask).toString(2).replaceAll('0', '').length
      return prefix > 30 ? [] : [parseBlock(`${formatAddress({ family: 4, value: BigInt(number(destination)) })}/${prefix}`)]
    })
}

export function readRoutes(): string {
  try {
    return readFileSync('/proc/net/route', 'utf8')
  } catch {
    return ''
  }
}

/** A number of 32 bits that is always the same for a store: FNV-1a, since node:crypto takes longer to load than the rest of `network create`. */
export function hash(text: string): number {
  return Buffer.from(text).reduce((sum, byte) => Math.imul(sum ^ byte, 0x01000193) >>> 0, 0x811c9dc5)
}
