import { teardownNetworks } from '../../adapters/netavark.ts'
import type { Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { type ContainerRecord, findContainer, releaseAddresses } from '../../store/index.ts'
import { loadReconciled } from '../containers/lifecycle/reconcile.ts'
import { isLive } from '../containers/lifecycle/transitions.ts'
import type { Context } from '../context.ts'
import { networkAsJoined } from './bridge.ts'
import { namedContainer, requireBridge, writeNetworks } from './connect.ts'
import { networkEvent } from './event.ts'
import { findNetwork } from './find.ts'
import { describeSetup, membershipOf } from './membership.ts'
import { withNetavark } from './netavark-options.ts'

/** Disconnects a container from a network; one that is in no network any more has only its loop. */
export async function disconnect(context: Context, { name, body }: Parsed<'network.disconnect'>): Promise<void> {
  const force = body.force ?? body.Force ?? false
  const found = findContainer(context.database, namedContainer(body.container ?? body.Container))
  const network = await nameOf(context, found, name)
  await context.lock('container', found.id, async () => {
    const record = await loadReconciled(context, found.id)
    requireBridge(record)
    const { [network]: before, ...networks } = record.config.networks
    if (before === undefined) {
      throw new EngineError('NetworkNotFound', `container ${record.name} is not connected to network ${network}`, {
        details: { container: record.id, network },
      })
    }
    const running = isLive(record) ? await leave(context, record, network, force) : undefined
    await writeNetworks(context, record, networks, running)
    const info = await findNetwork(context, network).catch(() => undefined)
    if (info) networkEvent(context, info, 'disconnect', record)
  })
}

/** A network that was removed is still a container's under its name. */
async function nameOf(context: Context, { config }: ContainerRecord, name: string): Promise<string> {
  return name in config.networks ? name : (await findNetwork(context, name)).name
}

async function leave(context: Context, record: ContainerRecord, network: string, force: boolean) {
  const { id, state } = record
  const { [network]: status, ...others } = state.networks
  if (!status) return state.networks
  const info = await networkAsJoined(context, record, network)
  if (info) {
    const setup = describeSetup(context, record, [membershipOf(info, status)])
    try {
      await withNetavark(context, (options) => teardownNetworks(state.netnsPath, setup, options))
    } catch (error) {
      if (!force) throw error
      context.log.warn('a network was left by force', { object: id, reason: (error as Error).message })
    }
  }
  await context.database.transaction(() => releaseAddresses(context.database, id, network))
  return others
}
