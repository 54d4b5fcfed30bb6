import type { Network } from '../../contract/index.ts'
import { allContainers, type ContainerConfig, type ContainerRecord } from '../../store/index.ts'
import { warnOfDamage } from '../damaged-records.ts'
import type { Context } from '../context.ts'

/** All containers, each with the networks that it is to be in, running or not. */
export function networkUsers(context: Context): Map<string, ContainerRecord[]> {
  const users = new Map<string, ContainerRecord[]>()
  for (const record of allContainers(context.database, warnOfDamage(context))) {
    // A damaged record may lack them.
    const { networks = {} } = record.config as Partial<ContainerConfig>
    for (const name of Object.keys(networks)) users.set(name, [...(users.get(name) ?? []), record])
  }
  return users
}

/** The containers that run in a network, with their addresses, as libpod's inspect shows them. */
export function runningMembers(name: string, records: readonly ContainerRecord[]): NonNullable<Network['containers']> {
  return Object.fromEntries(
    records.flatMap(({ id, name: container, state }) => {
      const status = (state as Partial<typeof state>).networks?.[name]
      if (!status) return []
      const subnets = status.addresses.map(({ address, prefix, gateway }) => ({
        ipnet: `${address}/${prefix}`,
        ...(gateway ? { gateway } : {}),
      }))
      return [[id, { name: container, interfaces: { [status.interface]: { subnets, mac_address: status.mac } } }]]
    }),
  )
}
