import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

import type { NetworkInfo } from '../../adapters/netavark.ts'
import { EngineError } from '../../errors/index.ts'
import type { Context } from '../context.ts'
import { defaultNetwork } from './default-network.ts'
import { parseSubnet } from './ipv4.ts'

const largestFile = 256 * 1024

/** All networks: the default one, and those described in podman's folder. A file that is no network is left out and logged. */
export async function allNetworks(context: Context): Promise<NetworkInfo[]> {
  const folder = await networkFolder(context)
  const described = namesIn(folder).flatMap((name) => readNetwork(context, path.join(folder, name)) ?? [])
  const first = await defaultNetwork(context)
  return [first, ...described.filter(({ name }) => name !== first.name)]
}

/** Finds a network by name, id, or unique beginning of its id. @throws EngineError `NetworkNotFound`, `NameAmbiguous`. */
export async function findNetwork(context: Context, nameOrId: string): Promise<NetworkInfo> {
  const first = await defaultNetwork(context)
  if (first.name === nameOrId || nameOrId === 'default') return first
  const all = await allNetworks(context)
  const exact = all.find(({ name, id }) => name === nameOrId || id === nameOrId)
  if (exact) return exact
  const matches = /^[0-9a-f]+$/.test(nameOrId) ? all.filter(({ id }) => id.startsWith(nameOrId)) : []
  if (matches.length > 1)
    throw new EngineError('NameAmbiguous', `more than one result for network ID ${nameOrId}`, { details: { name: nameOrId } })
  const [match] = matches
  if (!match)
    throw new EngineError('NetworkNotFound', `unable to find network with name or ID ${nameOrId}: network not found`, {
      details: { name: nameOrId },
    })
  return match
}

async function networkFolder(context: Context): Promise<string> {
  const { options, identity, root } = context
  const configured = options.networkConfigDir ?? (await context.conf()).network.networkConfigDir
  return configured ?? (identity.rootless ? path.join(root, 'networks') : '/etc/containers/networks')
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
  } catch {
    return []
  }
}

function readNetwork(context: Context, file: string): NetworkInfo | undefined {
  try {
    const text = readFileSync(file, 'utf8')
    if (text.length > largestFile) throw new Error('it is too large')
    const read = JSON.parse(text) as Partial<NetworkInfo>
    const { name, id, driver } = read
    if (typeof name !== 'string' || typeof id !== 'string' || !/^[0-9a-f]{64}$/.test(id) || typeof driver !== 'string')
      throw new Error('it lacks name, id or driver')
    // Only version 4 for now; a network without any subnet left gives no address.
    const subnets = (read.subnets ?? []).filter(({ subnet }) => typeof subnet === 'string' && !subnet.includes(':'))
    for (const { subnet } of subnets) parseSubnet(subnet)
    return {
      ...read,
      name,
      id,
      driver,
      subnets,
      network_interface: read.network_interface ?? '',
      created: read.created ?? '',
      ipv6_enabled: read.ipv6_enabled ?? false,
      internal: read.internal ?? false,
      dns_enabled: read.dns_enabled ?? false,
      ipam_options: read.ipam_options ?? {},
    }
  } catch (error) {
    context.log.warn('a network file cannot be used', { object: file, reason: (error as Error).message })
    return undefined
  }
}
