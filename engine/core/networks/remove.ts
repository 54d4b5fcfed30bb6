import { rmSync } from 'node:fs'

import type { NetworkInfo } from '../../adapters/netavark.ts'
import type { CallOptions, Output, Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { type ContainerRecord, forgetAddresses } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { withNetworks } from './create.ts'
import { networkEvent } from './event.ts'
import { findNetwork, keeperOf, networkFile } from './find.ts'
import { networkUsers } from './members.ts'

/** Removes a network that no container has; with `force` its containers, and the pods of their infra containers, first. */
export async function remove(
  context: Context,
  { name, force, timeout }: Parsed<'network.remove'>,
  options: CallOptions,
): Promise<Output<'network.remove'>> {
  const info = await findNetwork(context, name)
  requireOwn(context, info)
  if (force) {
    for (const record of networkUsers(context).get(info.name) ?? [])
      await removeUser(context, record, { timeout, signal: options.signal })
  }
  await removeUnused(context, info)
  return [{ Name: info.name, Err: null }]
}

/** @throws EngineError `NotSupported` for a network that is not this store's to change. */
export function requireOwn(context: Context, { name }: NetworkInfo, change = 'removed'): void {
  const keeper = keeperOf(context, name)
  if (keeper === 'own') return
  const message =
    keeper === 'default'
      ? `default network ${name} cannot be ${change}`
      : `The network ${name} is podman's, which alone may change it: use podman network.`
  throw new EngineError('NotSupported', message, { details: { name } })
}

/** @throws EngineError `NetworkInUse`, naming the containers. */
export async function removeUnused(context: Context, info: NetworkInfo): Promise<void> {
  await withNetworks(context, async () => {
    const users = networkUsers(context).get(info.name) ?? []
    if (users.length > 0)
      throw new EngineError(
        'NetworkInUse',
        `${JSON.stringify(info.name)} has associated containers with it (${users.map(({ name }) => name).join(', ')}). Use -f to forcibly delete containers and pods: network is being used`,
        { details: { name: info.name, containers: users.map(({ id }) => id) } },
      )
    rmSync(networkFile(context, info.name), { force: true })
    await context.database.transaction(() => forgetAddresses(context.database, info.name))
  })
  networkEvent(context, info, 'remove')
}

async function removeUser(
  context: Context,
  { id, pod, config }: ContainerRecord,
  options: { timeout: number | undefined; signal: AbortSignal | undefined },
): Promise<void> {
  try {
    if (config.isInfra && pod !== null)
      await context.call('pod.remove', { name: pod, force: true, timeout: options.timeout }, { signal: options.signal })
    else
      await context.call(
        'container.remove',
        { name: id, force: true, depend: true, v: true, timeout: options.timeout },
        { signal: options.signal },
      )
  } catch (error) {
    // Removed meanwhile, or with another one.
    if (!EngineError.is(error, 'ContainerNotFound', 'PodNotFound')) throw error
  }
}
