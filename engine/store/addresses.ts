import { EngineError } from '../errors/index.ts'
import type { Database } from './connection.ts'

/** The addresses of one network that may be given out, as numbers, both included. */
export interface AddressRange {
  first: bigint
  last: bigint
  /** One in the middle that is nobody's: the gateway's. */
  except?: bigint | undefined
}

/** IPv4 has smaller numbers than any address of IPv6 that a network can have. */
const lastOfIpv4 = 0xff_ff_ff_ffn

/**
 * Assigns an address of a network to a container; inside a transaction, so that no two processes give the same one. Continues after
 * the last one assigned, as a just released address may still be in others' caches.
 *
 * @throws EngineError `AddressExhausted`.
 */
export function takeAddress(database: Database, network: string, range: AddressRange, container: string): bigint {
  const taken = new Set(
    database.all('SELECT address FROM addresses WHERE network = ?', network).map((row) => BigInt(String(row['address']))),
  )
  if (range.except !== undefined) taken.add(range.except)
  const size = range.last - range.first + 1n
  const key = `last-address:${network}${range.first > lastOfIpv4 ? ':6' : ''}`
  const found = database.get('SELECT value FROM settings WHERE key = ?', key)?.['value']
  const last = found === undefined ? range.first - 1n : BigInt(String(found))
  const start = last >= range.first && last < range.last ? last + 1n : range.first
  for (let step = 0n; step < size && step <= BigInt(taken.size); step += 1n) {
    const address = range.first + ((start - range.first + step) % size)
    if (taken.has(address)) continue
    database.run('INSERT INTO addresses (network, address, container) VALUES (?, ?, ?)', network, String(address), container)
    database.run('INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)', key, String(address))
    return address
  }
  throw new EngineError(
    'AddressExhausted',
    `The network "${network}" has no free address left; remove containers from it, or use another network.`,
    { details: { network } },
  )
}

/** Assigns a specific address to a container; inside a transaction. @throws EngineError `AddressExhausted` if another has it. */
export function takeStaticAddress(database: Database, network: string, address: bigint, text: string, container: string): void {
  const owner = database.get('SELECT container FROM addresses WHERE network = ? AND address = ?', network, String(address))?.[
    'container'
  ]
  if (owner === container) return
  if (owner !== undefined) {
    throw new EngineError(
      'AddressExhausted',
      `IPAM error: requested ip address ${text} is already allocated to container ID ${String(owner)}`,
      { details: { network, address: text } },
    )
  }
  database.run('INSERT INTO addresses (network, address, container) VALUES (?, ?, ?)', network, String(address), container)
}

/** Releases a container's addresses, all or those of one network; inside a transaction. */
export function releaseAddresses(database: Database, container: string, network?: string): void {
  if (network === undefined) database.run('DELETE FROM addresses WHERE container = ?', container)
  else database.run('DELETE FROM addresses WHERE container = ? AND network = ?', container, network)
}

/** Forgets where the addresses of a network that is removed went on; inside a transaction. */
export function forgetAddresses(database: Database, network: string): void {
  database.run('DELETE FROM settings WHERE key IN (?, ?)', `last-address:${network}`, `last-address:${network}:6`)
}

/** The addresses that a container has, as numbers. */
export function addressesOf(database: Database, container: string): { network: string; address: bigint }[] {
  const rows = database.all('SELECT network, address FROM addresses WHERE container = ? ORDER BY network', container)
  return rows.map(({ network, address }) => ({ network: String(network), address: BigInt(String(address)) }))
}

/** Every address that is given out, with its container. */
export function allAddresses(database: Database): { network: string; address: bigint; container: string }[] {
  const rows = database.all('SELECT network, address, container FROM addresses ORDER BY network, address')
  return rows.map(({ network, address, container }) => ({
    network: String(network),
    address: BigInt(String(address)),
    container: String(container),
  }))
}
