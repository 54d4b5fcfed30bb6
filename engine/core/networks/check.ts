import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'

import { removeBridge } from '../../adapters/bridge-link.ts'
import { removeNetworkNamespace } from '../../adapters/netns.ts'
import { stopPasta } from '../../adapters/pasta.ts'
import { stopForwarder } from '../../adapters/port-forwarder.ts'
import type { Output, Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { allAddresses, containerById, type ContainerRecord, type ContainerRunState, releaseAddresses } from '../../store/index.ts'
import { reconcileAll } from '../containers/lifecycle/reconcile.ts'
import { holdsRun } from '../containers/lifecycle/transitions.ts'
import type { Context } from '../context.ts'
import { tearDownWritten } from './bridge.ts'
import { keeperOf, allNetworks } from './find.ts'
import { forwarderPidFile } from './forward-files.ts'
import { networkUsers } from './members.ts'
import { withNetavark } from './netavark-options.ts'
import {
  hasRootlessNetwork,
  leaveRootlessNetwork,
  removeRootlessNetwork,
  rootlessNetns,
  rootlessUsers,
} from './rootless-namespace.ts'
import { netnsFile, pastaPidFile } from './set-up.ts'

/** What a crash left of networks. */
interface Leftover {
  /** An address, a network or a container. */
  object: string
  /** A sentence. */
  text: string
  /** Removes it, unless it has come to be used meanwhile. */
  repair(): Promise<void>
}

/**
 * Finds what crashes left: addresses, namespaces, bridges and forwarders of containers that do not run; with `repair` it is removed.
 * Containers that have ended are freed first, as every command does.
 */
export async function check(context: Context, { repair }: Parsed<'network.check'>): Promise<Output<'network.check'>> {
  if (repair) await reconcileAll(context)
  const found = [
    ...addressesLeft(context),
    ...runsLeft(context),
    ...(context.identity.rootless ? rootlessLeft(context) : await bridgesLeft(context)),
  ]
  const Problems: Output<'network.check'>['Problems'] = []
  for (const { object, text, repair: remove } of found) {
    let Repaired = false
    if (repair) {
      try {
        await remove()
        Repaired = true
      } catch (error) {
        context.log.warn('a leftover of networks could not be removed', { object, reason: EngineError.from(error).message })
      }
    }
    Problems.push({ Object: object, Text: text, Repaired })
  }
  return { Problems }
}

/** Whether a container has a network now, or is being given one. */
function isConnected(context: Context, id: string): boolean {
  const record = readable(context, id)
  if (record === 'damaged') return true
  return (
    record !== undefined &&
    (holdsRun(record) || Object.keys((record.state as Partial<ContainerRunState>).networks ?? {}).length > 0)
  )
}

/** Nothing is taken from a container whose record cannot be read. */
function readable(context: Context, id: string): ContainerRecord | 'damaged' | undefined {
  try {
    return containerById(context.database, id)
  } catch (error) {
    if (EngineError.is(error, 'StoreCorrupt')) return 'damaged'
    throw error
  }
}

function addressesLeft(context: Context): Leftover[] {
  const stray = allAddresses(context.database).filter(({ container }) => !isConnected(context, container))
  return [...Map.groupBy(stray, ({ container }) => container)].map(([container, addresses]) => ({
    object: container,
    text: `The container ${container.slice(0, 12)} does not run and has ${addresses.length === 1 ? 'an address' : 'addresses'} of ${[...new Set(addresses.map(({ network }) => network))].join(', ')}.`,
    repair: () =>
      context.lock('container', container, () =>
        context.database.transaction(() => {
          if (!isConnected(context, container)) releaseAddresses(context.database, container)
        }),
      ),
  }))
}

/** Namespaces and processes, by the files that name them. */
function runsLeft(context: Context): Leftover[] {
  const runs = new Set([...namesIn(path.join(context.runRoot, 'netns')), ...namesIn(path.join(context.runRoot, 'containers'))])
  return [...runs].flatMap((id) => {
    if (!/^[0-9a-f]{64}$/.test(id) || isConnected(context, id)) return []
    const held = [netnsFile(context, id), forwarderPidFile(context, id), pastaPidFile(context, id)].filter((file) =>
      existsSync(file),
    )
    if (held.length === 0) return []
    return {
      object: id,
      text: `The container ${id.slice(0, 12)} does not run, and a network namespace or what forwarded its ports is left.`,
      repair: () =>
        context.lock('container', id, async () => {
          if (isConnected(context, id)) return
          await stopForwarder(forwarderPidFile(context, id))
          await stopPasta(pastaPidFile(context, id))
          try {
            await tearDownWritten(context, id, netnsFile(context, id))
          } finally {
            removeNetworkNamespace(netnsFile(context, id))
          }
        }),
    }
  })
}

function rootlessLeft(context: Context): Leftover[] {
  const stray = rootlessUsers(context).filter((id) => !isConnected(context, id))
  const users = stray.map((id) => ({
    object: id,
    text: `The container ${id.slice(0, 12)} does not run and keeps the network namespace of your bridges.`,
    repair: () => withNetavark(context, () => leaveRootlessNetwork(context, id)),
  }))
  if (rootlessUsers(context).length > 0 || !hasRootlessNetwork(context)) return users
  const repair = () =>
    withNetavark(context, async () => {
      if (rootlessUsers(context).length === 0) await removeRootlessNetwork(context)
    })
  return [{ object: rootlessNetns(context), text: 'The network namespace of your bridges is left without a container.', repair }]
}

/** Bridges without a container: netavark removes one with its last. */
async function bridgesLeft(context: Context): Promise<Leftover[]> {
  const users = networkUsers(context)
  return (await allNetworks(context)).flatMap(({ name, driver, network_interface: link, options }) => {
    const runs =
      users.get(name)?.some(({ state }) => (state as Partial<ContainerRunState>).networks?.[name] !== undefined) ?? false
    if (driver !== 'bridge' || !link || runs || options?.['mode'] === 'unmanaged' || keeperOf(context, name) === 'other')
      return []
    if (namesIn(`/sys/class/net/${link}/brif`).length > 0 || !existsSync(`/sys/class/net/${link}/bridge`)) return []
    return {
      object: name,
      text: `The bridge ${link} of the network ${name} is left without a container.`,
      repair: () =>
        withNetavark(context, async () => {
          if (namesIn(`/sys/class/net/${link}/brif`).length === 0) await removeBridge(link)
        }),
    }
  })
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
