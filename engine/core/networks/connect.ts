import { setupNetworks, teardownNetworks } from '../../adapters/netavark.ts'
import type { Parsed, PerNetworkOptions } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import {
  type ContainerConfig,
  type ContainerRecord,
  containerById,
  findContainer,
  type NetworkStatus,
  releaseAddresses,
  replaceConfig,
  updateState,
} from '../../store/index.ts'
import { loadReconciled } from '../containers/lifecycle/reconcile.ts'
import { rewriteNetworkFiles } from '../containers/lifecycle/run-files.ts'
import { isLive } from '../containers/lifecycle/transitions.ts'
import type { Context } from '../context.ts'
import { takeAddresses } from './addresses.ts'
import { aliasesOf, freeInterfaceName, networkAsJoined, writeSetup } from './bridge.ts'
import { checkNetworkOptions } from './check-options.ts'
import { networkEvent } from './event.ts'
import { findNetwork } from './find.ts'
import { writeForwardTarget } from './forward-files.ts'
import { describeSetup, type Membership, membershipOf, statusOf } from './membership.ts'
import { withNetavark } from './netavark-options.ts'
import { joinRootlessNetwork } from './rootless-namespace.ts'

type Networks = ContainerConfig['networks']

/** Connects a container to one more network: at once where it runs, else from its next start on. */
export async function connect(context: Context, { name, body }: Parsed<'network.connect'>): Promise<void> {
  const found = findContainer(context.database, namedContainer(body.container))
  const info = await findNetwork(context, name)
  const options = optionsOf(body)
  checkNetworkOptions(options)
  await context.lock('container', found.id, async () => {
    const record = await loadReconciled(context, found.id)
    requireBridge(record)
    if (info.name in record.config.networks)
      throw new EngineError(
        'InvalidArgument',
        `container ${record.id} is already connected to network ${info.name}: network is already connected`,
        { details: { container: record.id, network: info.name } },
      )
    const networks = { ...record.config.networks, [info.name]: options }
    const running = isLive(record) ? await join(context, record, info.name, options) : undefined
    await writeNetworks(context, record, networks, running)
    networkEvent(context, info, 'connect', record)
  })
}

/** @throws EngineError `InvalidArgument` for a request that names none. */
export function namedContainer(name: string | undefined): string {
  if (name !== undefined) return name
  throw new EngineError('InvalidArgument', 'The request names no container: give its name or id as "container".', {
    details: { field: 'container' },
  })
}

/** @throws EngineError `InvalidArgument` for a container whose network is not made of bridges. */
export function requireBridge({ id, config }: ContainerRecord): void {
  const { mode } = config.namespaces.net
  if (mode === 'bridge') return
  throw new EngineError('InvalidArgument', `"${mode}" is not supported: invalid network mode`, {
    details: { container: id, mode },
  })
}

function optionsOf({ aliases, static_ips, static_mac, interface_name }: Parsed<'network.connect'>['body']): PerNetworkOptions {
  return {
    ...(aliases?.length ? { aliases } : {}),
    ...(static_ips?.length ? { static_ips } : {}),
    ...(static_mac ? { static_mac } : {}),
    ...(interface_name ? { interface_name } : {}),
  }
}

/** @returns its networks with the new one. On failure it is as before. */
async function join(
  context: Context,
  record: ContainerRecord,
  network: string,
  options: PerNetworkOptions,
): Promise<Record<string, NetworkStatus>> {
  const { id, state } = record
  const info = await findNetwork(context, network)
  const { interfaceName } = (await context.conf()).containers
  const used = Object.values(state.networks).map((status) => status.interface)
  if (options.interface_name && used.includes(options.interface_name))
    throw new EngineError('InvalidArgument', `The container ${record.name} has an interface ${options.interface_name} already.`)
  const membership = await context.database.transaction((): Membership => {
    const planned = {
      info,
      addresses: takeAddresses(context, id, info, options.static_ips ?? []),
      interfaceName: options.interface_name || freeInterfaceName(info, used, interfaceName),
      aliases: aliasesOf(id, options.aliases),
      ...(options.static_mac ? { mac: options.static_mac } : {}),
    }
    updateState(context.database, id, { networks: { ...state.networks, [info.name]: statusOf(planned, undefined) } })
    return planned
  })
  const setup = describeSetup(context, record, [membership])
  try {
    const statuses = await withNetavark(context, async (netavark) => {
      if (netavark.rootless) await joinRootlessNetwork(context, id)
      try {
        return await setupNetworks(state.netnsPath, setup, netavark)
      } catch (error) {
        await teardownNetworks(state.netnsPath, setup, netavark).catch(() => {})
        throw error
      }
    })
    return { ...state.networks, [info.name]: statusOf(membership, statuses[info.name]) }
  } catch (error) {
    await context.database.transaction(() => {
      releaseAddresses(context.database, id, info.name)
      updateState(context.database, id, { networks: state.networks })
    })
    throw error
  }
}

/**
 * Records a container's networks: those it is to be in, and where it runs those it is in, which its files and its forwarder then follow.
 * Its lock must be held.
 */
export async function writeNetworks(
  context: Context,
  record: ContainerRecord,
  networks: Networks,
  running: Record<string, NetworkStatus> | undefined,
): Promise<void> {
  const { database } = context
  const { id } = record
  const config = { ...record.config, networks, spec: { ...record.config.spec, Networks: networks } }
  await database.transaction(() => {
    replaceConfig(database, id, config)
    if (running) updateState(database, id, { networks: running })
  })
  if (!running) return
  const now = containerById(database, id) ?? record
  const infos = await Promise.all(
    Object.entries(running).map(async ([name, status]) => {
      const info = await networkAsJoined(context, now, name)
      return info ? [membershipOf(info, status)] : []
    }),
  )
  writeSetup(context, describeSetup(context, now, infos.flat()))
  await rewriteNetworkFiles(context, now, running)
  if (context.identity.rootless && config.ports.length > 0) writeForwardTarget(context, id, running)
}
