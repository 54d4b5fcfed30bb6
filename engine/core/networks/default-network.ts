import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'

import { EngineError } from '../../errors/index.ts'
import { which } from '../../lib/exec.ts'
import { timestamp } from '../../store/index.ts'
import type { Context } from '../context.ts'
import type { NetworkRecord } from './record.ts'
import { formatAddress, formatSubnet, overlap, parseSubnet, type Subnet } from './subnet.ts'

/** The network's name and id in podman, which clients expect. */
export const defaultNetworkName = 'podman'
const defaultNetworkId = '2f259bab93aaaaa2542ba43ef33eb990d0999ee1b9924b557b7be53c0b7a1bb9'
const setting = 'network:podman'

/**
 * The default network of this store. Its bridge and subnet are chosen once, so as to fight neither an installed podman
 * nor another store on this host.
 *
 * @throws EngineError `AddressExhausted` if the host uses every subnet we would take.
 */
export async function defaultNetwork(context: Context): Promise<NetworkRecord> {
  const read = () => context.database.get('SELECT value FROM settings WHERE key = ?', setting)?.['value'] as string | undefined
  const known = read()
  if (known !== undefined) return JSON.parse(known) as NetworkRecord
  const configured = (await context.conf()).network.defaultSubnet
  const chosen = choose(context.root, configured)
  return await context.database.transaction(() => {
    // Another process may have chosen meanwhile.
    const value = read() ?? JSON.stringify(chosen)
    context.database.run('INSERT OR IGNORE INTO settings (key, value) VALUES (?, ?)', setting, value)
    return JSON.parse(value) as NetworkRecord
  })
}

function choose(root: string, configured: string | undefined): NetworkRecord {
  const main = root === '/var/lib/berth'
  const subnet = (configured && parseSubnet(configured)) || freeSubnet(candidates(root, main))
  return {
    name: defaultNetworkName,
    id: defaultNetworkId,
    driver: 'bridge',
    network_interface: main ? 'berth0' : `berth${hash(root).toString(16).padStart(8, '0')}`,
    created: timestamp(),
    subnets: [{ subnet: formatSubnet(subnet), gateway: formatAddress(subnet.base + 1) }],
    ipv6_enabled: false,
    internal: false,
    dns_enabled: false,
    ipam_options: { driver: 'host-local' },
  }
}

/** Podman's own is 10.88.0.0/16, and 10.89.0.0 on are for its users' networks: downward from there is free of it. */
function candidates(root: string, main: boolean): Subnet[] {
  const of = (text: string) => parseSubnet(text) as Subnet
  const wide = Array.from({ length: 24 }, (_, step) => of(`10.${88 - step}.0.0/16`))
  if (main) return which('podman') === null && !existsSync('/sys/class/net/podman0') ? wide : wide.slice(1)
  // Other stores on one host are for tests and trials: a small network each, by the store's name.
  const start = hash(root)
  return Array.from({ length: 200 }, (_, step) => of(`10.${64 - ((start + step) % 20)}.${Math.floor(start / 20 + step) % 256}.0/24`))
}

function freeSubnet(wanted: readonly Subnet[]): Subnet {
  const used = hostSubnets()
  const found = wanted.find((subnet) => !used.some((other) => overlap(subnet, other)))
  if (found) return found
  throw new EngineError('AddressExhausted', 'Every subnet that the default network could have is in use on this host; set default_subnet in containers.conf.', {})
}

/** What the host routes somewhere already: /proc/net/route, but for its default route. */
function hostSubnets(): Subnet[] {
  const number = (hex: string) => Buffer.from(hex, 'hex').readUInt32LE(0)
  try {
    return readFileSync('/proc/net/route', 'utf8').split('\n').slice(1).flatMap((line) => {
      const [, destination, , , , , , mask] = line.split('\t')
      if (!destination || !mask || mask === '00000000') return []
      const prefix = number(mask).toString(2).replaceAll('0', '').length
      return [{ base: number(destination), prefix }]
    })
  } catch {
    return []
  }
}

function hash(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0)
}
