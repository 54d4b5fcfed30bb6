import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

import type { NetworkInfo } from '../../adapters/netavark.ts'
import { EngineError } from '../../errors/index.ts'
import type { Context } from '../context.ts'
import { parseBlock } from '../../lib/host/ip-blocks.ts'
import { defaultNetwork, defaultNetworkName } from './default-network.ts'

const largestFile = 256 * 1024

/** The folder of this store's networks: one file each, in podman's form. */
export const networksFolder = ({ root }: Context): string => path.join(root, 'networks')

/** Where a network of this store is kept; the name must have been checked. */
export const networkFile = (context: Context, name: string): string => path.join(networksFolder(context), `${name}.json`)

/**
 * All networks: the default one, those of this store, and those that podman keeps in its own folder, which are only read. Of the same
 * name the first counts. A file that is no network is left out and logged.
 */
export async function allNetworks(context: Context): Promise<NetworkInfo[]> {
  const found = new Map<string, NetworkInfo>()
  const first = await defaultNetwork(context)
  for (const info of [first, ...described(context, networksFolder(context)), ...described(context, await foreignFolder(context))])
    if (!found.has(info.name)) found.set(info.name, info)
  return [...found.values()]
}

function described(context: Context, folder: string): NetworkInfo[] {
  return namesIn(folder).flatMap((name) => readNetwork(context, path.join(folder, name)) ?? [])
}

/** Who keeps a network: only `own` ones can be changed. */
export function keeperOf(context: Context, name: string): 'default' | 'own' | 'other' {
  if (name === defaultNetworkName) return 'default'
  return existsSync(networkFile(context, name)) ? 'own' : 'other'
}

/** Finds a network by name, id, or unique beginning of its id. @throws EngineError `NetworkNotFound`, `NameAmbiguous`. */
export async function findNetwork(context: Context, nameOrId: string): Promise<NetworkInfo> {
  if (nameOrId === 'default') return findNetwork(context, (await context.conf()).network.defaultNetwork || defaultNetworkName)
  if (nameOrId === defaultNetworkName) return defaultNetwork(context)
  const own = /^[A-Za-z0-9][\w.-]*$/.test(nameOrId) ? networkFile(context, nameOrId) : undefined
  const named = own !== undefined && existsSync(own) ? readNetwork(context, own) : undefined
  if (named) return named
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

/** Podman's folder, or the one that a flag or containers.conf names. */
async function foreignFolder({ options, identity, conf }: Context): Promise<string> {
  const configured = options.networkConfigDir ?? (await conf()).network.networkConfigDir
  if (configured) return configured
  return identity.rootless ? path.join(identity.home, '.local/share/containers/storage/networks') : '/etc/containers/networks'
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
    const subnets = read.subnets ?? []
    for (const { subnet } of subnets) parseBlock(subnet)
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
