import path from 'node:path'
import * as v from 'valibot'

import { EngineError } from '../../../errors/index.ts'
import { readJson, writeFileAtomic } from '../../../lib/files/atomic-file.ts'
import { parseAddress, parseBlock } from '../../../lib/host/ip-blocks.ts'
import type { Context } from '../../context.ts'
import { allNetworks } from '../../networks/find.ts'

const Status = v.nullish(
  v.record(
    v.string(),
    v.object({
      interfaces: v.record(
        v.string(),
        v.object({
          mac_address: v.optional(v.string()),
          subnets: v.nullish(v.array(v.object({ ipnet: v.string() }))),
        }),
      ),
    }),
  ),
  {},
)

/** Addresses by network as an archive of ours has them. */
export type AddressesByNetwork = Record<string, { addresses: { address: string }[]; mac?: string }>

/**
 * The addresses in podman's form in ours. Those that no subnet of the network here holds are left out: podman's default network has
 * another one than ours.
 *
 * @throws EngineError `CheckpointInvalid`.
 */
export function translateAddresses(document: unknown, subnetsOf: (network: string) => readonly string[]): AddressesByNetwork {
  const result = v.safeParse(Status, document)
  if (!result.success) throw new EngineError('CheckpointInvalid', "The archive's network.status is not one of podman's.")
  return Object.fromEntries(
    Object.entries(result.output).map(([network, { interfaces }]) => {
      const [first] = Object.values(interfaces)
      const addresses = (first?.subnets ?? [])
        .map(({ ipnet }) => ipnet.replace(/\/\d+$/, ''))
        .filter((address) => subnetsOf(network).some((subnet) => holds(subnet, address)))
        .map((address) => ({ address }))
      return [network, { addresses, ...(first?.mac_address ? { mac: first.mac_address } : {}) }]
    }),
  )
}

function holds(subnet: string, address: string): boolean {
  try {
    const { family, first, last } = parseBlock(subnet)
    const single = parseAddress(address)
    return single.family === family && single.value >= first && single.value <= last
  } catch (error) {
    if (EngineError.is(error, 'InvalidArgument')) return false
    throw error
  }
}

/** Rewrites `network.status` of an unpacked archive of podman's. */
export async function translateNetworkStatus(context: Context, folder: string): Promise<void> {
  const file = path.join(folder, 'network.status')
  const networks = await allNetworks(context)
  const subnetsOf = (name: string) =>
    (networks.find((network) => network.name === name)?.subnets ?? []).map(({ subnet }) => subnet)
  await writeFileAtomic(file, JSON.stringify(translateAddresses(await readJson(file), subnetsOf)))
}
