import { EngineError } from '../errors/index.ts'
import type { Database } from './connection.ts'

/** The addresses of one network that may be given out, as numbers, both included. */
export interface AddressRange {
  first: number
  last: number
}

/**
 * Assigns an address of a network to a container; inside a transaction, so that no two processes give the same one. Continues after
 * the last one assigned, as a just released address may still be in others' caches.
 *
 * @throws EngineError `AddressExhausted`.
 */
export function takeAddress(database: Database, network: string, range: AddressRange, container: string): number {
  const taken = new Set(
    database.all('SELECT address FROM addresses WHERE network = ?', network).map((row) => Number(row['address'])),
  )
  const size = range.last - range.first + 1
  const last = Number(
    database.get('SELECT value FROM settings WHERE key = ?', `last-address:${network}`)?.['value'] ?? range.first - 1,
  )
  const start = last >= range.first && last < range.last ? last + 1 : range.first
  for (let step = 0; step < size && step <= taken.size; step += 1) {
    const address = range.first + ((start - range.first + step) % size)
    if (taken.has(address)) continue
    database.run('INSERT INTO addresses (network, address, container) VALUES (?, ?, ?)', network, String(address), container)
    database.run('INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)', `last-address:${network}`, String(address))
    return address
  }
  throw new EngineError(
    'AddressExhausted',
    `The network "${network}" has no free address left; remove containers from it, or use another network.`,
    { details: { network } },
  )
}

/** Assigns a specific address to a container; inside a transaction. @throws EngineError `AddressExhausted` if another has it. */
export function takeStaticAddress(database: Database, network: string, address: number, text: string, container: string): void {
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

/** Releases all of a container's addresses; inside a transaction. */
export function releaseAddresses(database: Database, container: string): void {
  database.run('DELETE FROM addresses WHERE container = ?', container)
}

/** The addresses that a container has, as numbers. */
export function addressesOf(database: Database, container: string): { network: string; address: number }[] {
  const rows = database.all('SELECT network, address FROM addresses WHERE container = ? ORDER BY network', container)
  return rows.map(({ network, address }) => ({ network: String(network), address: Number(address) }))
}
