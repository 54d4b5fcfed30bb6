import { createByPlugin, type NetworkInfo, networkPlugin } from '../../adapters/netavark.ts'
import type { Output, Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { writeFileAtomicSync } from '../../lib/files/atomic-file.ts'
import { makePrivateFolder } from '../../lib/files/private-folder.ts'
import type { Context } from '../context.ts'
import { networkAnswer } from './answer.ts'
import { networkEvent } from './event.ts'
import { allNetworks, networkFile, networksFolder } from './find.ts'
import { networkDrivers } from './options.ts'
import { resolveNetwork } from './resolve-network.ts'

/** Creates a network: its description. Bridge and firewall rules come with its first container. */
export async function create(context: Context, { body }: Parsed<'network.create'>): Promise<Output<'network.create'>> {
  return await withNetworks(context, async () => {
    const others = await allNetworks(context)
    const same = others.find(({ name }) => name === body.name)
    if (same && body.ignore_if_exists) return networkAnswer(context, same)
    if (same)
      throw new EngineError('NetworkExists', `network name ${same.name} already used: network already exists`, {
        details: { name: same.name },
      })
    const info = await byDriver(context, await resolveNetwork(context, body, others))
    writeNetwork(context, info)
    networkEvent(context, info, 'create')
    return networkAnswer(context, info)
  })
}

/** One process at a time chooses names, bridges and subnets. */
export function withNetworks<T>(context: Context, work: () => Promise<T>): Promise<T> {
  return context.lock('network', 'store', work)
}

/** Keeps a network's description, in podman's form. */
export function writeNetwork(context: Context, info: NetworkInfo): void {
  makePrivateFolder(networksFolder(context))
  writeFileAtomicSync(networkFile(context, info.name), `${JSON.stringify(info, null, 2)}\n`)
}

/** What a driver that is a program of its own says the network is. */
async function byDriver(context: Context, info: NetworkInfo): Promise<NetworkInfo> {
  if (networkDrivers.includes(info.driver)) return info
  const program = networkPlugin(info.driver, (await context.conf()).network.netavarkPluginDirs)
  const answer = program === undefined ? undefined : ((await createByPlugin(program, info)) as Partial<NetworkInfo> | null)
  if (answer?.name !== info.name || answer.id !== info.id || !Array.isArray(answer.subnets ?? []))
    throw new EngineError('NetworkFailed', `The driver ${info.driver} described another network than ${info.name}.`)
  return { ...info, ...answer, subnets: answer.subnets ?? [] }
}
