import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { type NetavarkSetup, type NetworkInfo, setupNetworks, teardownNetworks } from '../../adapters/netavark.ts'
import { EngineError } from '../../errors/index.ts'
import { bootId } from '../../lib/process/process.ts'
import { type ContainerRecord, type NetworkStatus, releaseAddresses, updateState } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { containerPaths } from '../paths.ts'
import { takeAddresses } from './addresses.ts'
import { findNetwork } from './find.ts'
import { describeSetup, type Membership, membershipOf, statusOf } from './membership.ts'
import { withNetavark } from './netavark-options.ts'
import { hasRootlessNetwork, joinRootlessNetwork, leaveRootlessNetwork } from './rootless-namespace.ts'

/**
 * Joins a container's network namespace to its networks and publishes its ports. On failure its addresses are free again
 * and nothing of it is left in the firewall.
 *
 * @throws EngineError `NetworkFailed`, `NetworkNotFound`, `AddressExhausted`, `ProgramMissing`.
 */
export async function setUpBridges(
  context: Context,
  container: ContainerRecord,
  netns: string,
  signal?: AbortSignal,
): Promise<Record<string, NetworkStatus>> {
  const memberships = await recordMemberships(context, container, netns)
  if (memberships.length === 0) return {}
  const setup = describeSetup(context, container, memberships)
  try {
    writeSetup(context, setup)
    const statuses = await withNetavark(context, async (options) => {
      if (options.rootless) await joinRootlessNetwork(context, container.id)
      return setupNetworks(netns, setup, { ...options, ...(signal ? { signal } : {}) })
    })
    return Object.fromEntries(
      memberships.map((membership) => [membership.info.name, statusOf(membership, statuses[membership.info.name])]),
    )
  } catch (error) {
    await undo(context, container.id, netns, setup).catch(() => {})
    await context.database.transaction(() => releaseAddresses(context.database, container.id))
    throw error
  }
}

/** Takes a container out of networks, and forgets it as a user of its user's namespace. */
async function undo(context: Context, id: string, netns: string, setup: NetavarkSetup): Promise<void> {
  await withNetavark(context, async (options) => {
    try {
      // With the namespace all that was in it is gone.
      if (!options.rootless || hasRootlessNetwork(context)) await teardownNetworks(netns, setup, options)
    } finally {
      if (options.rootless) await leaveRootlessNetwork(context, id)
    }
  })
}

/**
 * Undoes {@link setUpBridges}; idempotent. Networks removed meanwhile are used as recorded. Of a run before the host was
 * restarted only addresses are left: netavark would make its empty chains for a container that is not there.
 */
export async function tearDownBridges(context: Context, container: ContainerRecord): Promise<void> {
  const { networks, netnsPath } = container.state
  try {
    if (container.state.bootId !== bootId()) return
    const found = await Promise.all(
      Object.entries(networks).map(async ([name, status]) => {
        const info = await networkAsJoined(context, container, name)
        return info && membershipOf(info, status)
      }),
    )
    const memberships = found.filter((membership) => membership !== undefined)
    if (memberships.length > 0) await undo(context, container.id, netnsPath, describeSetup(context, container, memberships))
  } finally {
    await context.database.transaction(() => releaseAddresses(context.database, container.id))
  }
}

/** {@link tearDownBridges} for a container whose record is lost, by what was written when its run began. */
export async function tearDownWritten(context: Context, id: string, netns: string): Promise<void> {
  const setup = setupWritten(context, id)
  if (setup) await undo(context, id, netns, setup)
}

/** What netavark was asked for when a run began. A restart of the host removes it. */
function setupFile(context: Context, id: string): string {
  return path.join(containerPaths(context, id).run, 'networks.json')
}

/** Writes what netavark is asked for, before it is asked. */
export function writeSetup(context: Context, setup: NetavarkSetup): void {
  writeFileSync(setupFile(context, setup.containerId), JSON.stringify(setup), { mode: 0o600 })
}

/** Runs that an earlier version began wrote their networks alone. */
function setupWritten(context: Context, id: string): NetavarkSetup | undefined {
  const file = setupFile(context, id)
  if (!existsSync(file)) return undefined
  const written = JSON.parse(readFileSync(file, 'utf8')) as Partial<NetavarkSetup> | Record<string, NetworkInfo>
  return 'networkInfo' in written && 'containerId' in written ? (written as NetavarkSetup) : undefined
}

/** A network that a container has joined; `undefined` if it was removed and never recorded. */
export async function networkAsJoined(
  context: Context,
  container: ContainerRecord,
  name: string,
): Promise<NetworkInfo | undefined> {
  try {
    return await findNetwork(context, name)
  } catch (error) {
    if (!EngineError.is(error, 'NetworkNotFound')) throw error
    return networksWritten(context, container)[name]
  }
}

function networksWritten(context: Context, container: ContainerRecord): Partial<Record<string, NetworkInfo>> {
  try {
    const written = setupWritten(context, container.id)?.networkInfo
    return written ?? (JSON.parse(readFileSync(setupFile(context, container.id), 'utf8')) as Record<string, NetworkInfo>)
  } catch (error) {
    context.log.warn('a removed network may have left firewall rules', {
      object: container.id,
      reason: (error as Error).message,
    })
    return {}
  }
}

/** Recorded with the container before anything is created: what a killed process left can be undone. */
async function recordMemberships(context: Context, container: ContainerRecord, netns: string): Promise<Membership[]> {
  const wanted = Object.entries(container.config.networks)
  const infos = await Promise.all(wanted.map(([name]) => findNetwork(context, name)))
  const { interfaceName } = (await context.conf()).containers
  return await context.database.transaction(() => {
    releaseAddresses(context.database, container.id)
    const used = wanted.flatMap(([, choice]) => choice.interface_name || [])
    const memberships = infos.map((info, index): Membership => {
      const choice = wanted[index]?.[1] ?? {}
      const name = choice.interface_name || freeInterfaceName(info, used, interfaceName)
      used.push(name)
      return {
        info,
        addresses: takeAddresses(context, container.id, info, choice.static_ips ?? []),
        interfaceName: name,
        aliases: aliasesOf(container.id, choice.aliases),
        ...(choice.static_mac ? { mac: choice.static_mac } : {}),
        ...(choice.options ? { options: choice.options } : {}),
      }
    })
    const networks = Object.fromEntries(memberships.map((membership) => [membership.info.name, statusOf(membership, undefined)]))
    updateState(context.database, container.id, { netnsPath: netns, networks, bootId: bootId() })
    return memberships
  })
}

/** Names besides its own by which others in the network find a container. */
export function aliasesOf(id: string, asked: readonly string[] | null | undefined): string[] {
  return [...new Set([...(asked ?? []), id.slice(0, 12)])]
}

/** `eth0` and so on; with `device` the name of the host's interface that the network is upon, where it is upon one. */
export function freeInterfaceName(info: NetworkInfo, used: readonly string[], style: string | undefined): string {
  const device = style === 'device' && info.driver !== 'bridge' ? info.network_interface : ''
  if (device && !used.includes(device)) return device
  for (let at = 0; ; at += 1) if (!used.includes(`eth${at}`)) return `eth${at}`
}
