import { setupNetworks, teardownNetworks } from '../../adapters/netavark.ts'
import type { Output, Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { findContainer, updateState } from '../../store/index.ts'
import { loadReconciled } from '../containers/lifecycle/reconcile.ts'
import { isLive } from '../containers/lifecycle/transitions.ts'
import type { Context } from '../context.ts'
import { networkAsJoined } from './bridge.ts'
import { requireBridge } from './connect.ts'
import { describeSetup, membershipOf, statusOf } from './membership.ts'
import { withNetavark } from './netavark-options.ts'
import { joinRootlessNetwork } from './rootless-namespace.ts'

/** Makes a running container's interfaces and firewall rules again, with the same addresses: after others have flushed the firewall. */
export async function reload(context: Context, { container }: Parsed<'network.reload'>): Promise<Output<'network.reload'>> {
  const { id } = findContainer(context.database, container)
  await context.lock('container', id, async () => {
    const record = await loadReconciled(context, id)
    if (!isLive(record))
      throw new EngineError('ContainerStateInvalid', `container ${id} is not running: its networks are made when it starts`, {
        details: { container: id },
      })
    requireBridge(record)
    const { networks, netnsPath } = record.state
    const found = await Promise.all(
      Object.entries(networks).map(async ([name, status]) => {
        const info = await networkAsJoined(context, record, name)
        return info ? [membershipOf(info, status)] : []
      }),
    )
    const memberships = found.flat()
    if (memberships.length === 0) return
    const setup = describeSetup(context, record, memberships)
    const statuses = await withNetavark(context, async (options) => {
      if (options.rootless) await joinRootlessNetwork(context, id)
      // What is gone already need not be undone.
      await teardownNetworks(netnsPath, setup, options).catch((error: unknown) =>
        context.log.debug('old rules were gone', { object: id, reason: (error as Error).message }),
      )
      return setupNetworks(netnsPath, setup, options)
    })
    const after = memberships.map((each) => [each.info.name, statusOf(each, statuses[each.info.name])] as const)
    await context.database.transaction(() => updateState(context.database, id, { networks: Object.fromEntries(after) }))
  })
  return { Id: id }
}
