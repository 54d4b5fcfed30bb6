import { updateNameServers } from '../../adapters/netavark.ts'
import type { Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import type { Context } from '../context.ts'
import { withNetavark } from './netavark-options.ts'
import { withNetworks, writeNetwork } from './create.ts'
import { networkEvent } from './event.ts'
import { findNetwork } from './find.ts'
import { networkUsers } from './members.ts'
import { requireOwn } from './remove.ts'
import { checkServer } from './resolve-network.ts'

/** Changes the servers to which a network's name server passes on what it does not know; at once, where containers run in it. */
export async function update(context: Context, { name, body }: Parsed<'network.update'>): Promise<void> {
  const added = (body.adddnsservers ?? []).map((server) => checkServer(server, 'AddDNSServer'))
  const dropped = (body.removednsservers ?? []).map((server) => checkServer(server, 'RemoveDNSServer'))
  await withNetworks(context, async () => {
    const info = await findNetwork(context, name)
    requireOwn(context, info, 'updated: it has no names; create one of your own')
    if (added.length > 0 && !info.dns_enabled)
      throw new EngineError(
        'InvalidArgument',
        `cannot set NetworkDNSServers if DNS is not enabled for the network ${info.name}`,
        {
          details: { name: info.name },
        },
      )
    const before = (info.network_dns_servers ?? []).filter((server) => !dropped.includes(server))
    const servers = [...new Set([...before, ...added])]
    const changed = { ...info, network_dns_servers: servers }
    writeNetwork(context, changed)
    const runs = networkUsers(context)
      .get(info.name)
      ?.some(({ state }) => state.networks[info.name] !== undefined)
    if (info.dns_enabled && runs) await withNetavark(context, (options) => updateNameServers(info.name, servers, options))
    networkEvent(context, changed, 'update')
  })
}
