import { mkdirSync } from 'node:fs'
import path from 'node:path'

import { createNetworkNamespace, keepNetworkNamespace, removeNetworkNamespace } from '../../adapters/netns.ts'
import { startPasta, stopPasta } from '../../adapters/pasta.ts'
import { EngineError } from '../../errors/index.ts'
import { type PortReservation, reservePorts } from '../../lib/host/port-reservation.ts'
import { bootId } from '../../lib/process/process.ts'
import type { ContainerRecord, ContainerRunState } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { containerPaths } from '../paths.ts'
import { setUpBridges, tearDownBridges } from './bridge.ts'
import { toRuns } from './ports.ts'

/** A container's network once it is set up. */
export interface NetworkSetup {
  state: Pick<ContainerRunState, 'netnsPath' | 'networks'> & Partial<Pick<ContainerRunState, 'bootId'>>
  /** The host's ports, reserved until they have been passed to the monitor and this is closed. */
  reservation: PortReservation
}

const nothingHeld: PortReservation = { descriptors: [], close: () => {} }

/** The file at which a container's network namespace is kept. */
export function netnsFile(context: Context, id: string): string {
  return path.join(context.runRoot, 'netns', id)
}

/** The file that says which pasta is a container's. */
export function pastaPidFile(context: Context, id: string): string {
  return path.join(containerPaths(context, id).run, 'pasta.pid')
}

/** A network that is being set up. Both promises settle; the caller awaits both, also after a failure of one. */
export interface PendingNetwork {
  /** The namespace exists, and the host's ports are reserved: the runtime may join it while the network is connected. */
  created: Promise<Pick<NetworkSetup, 'reservation'>>
  ready: Promise<NetworkSetup>
  /** With `byRuntime`: the process that the runtime has made is in the namespace, which is kept and connected now. */
  joinProcess(pid: number): void
  /** With `byRuntime`: there is no such process. */
  fail(reason: unknown): void
}

export interface NetworkOptions {
  signal?: AbortSignal | undefined
  /** The runtime makes the namespace. */
  byRuntime?: boolean
}

/**
 * Makes the network namespace that a container's mode asks for, and connects it. Modes without a namespace of the
 * container's own (host, another container's, none, which the runtime makes) need nothing.
 * On failure nothing is left.
 *
 * @throws (in its promises) EngineError `PortInUse`, `NetworkFailed`, `AddressExhausted`, `ProgramMissing`, `NotSupported`.
 */
export function startNetworkSetup(context: Context, container: ContainerRecord, options: NetworkOptions = {}): PendingNetwork {
  const { mode } = container.config.namespaces.net
  const { promise: process, resolve: joinProcess, reject: fail } = Promise.withResolvers<number>()
  const idle = { state: { netnsPath: '', networks: {} }, reservation: nothingHeld }
  if (mode !== 'bridge' && mode !== 'pasta') {
    process.catch(() => {})
    return { created: Promise.resolve(idle), ready: Promise.resolve(idle), joinProcess, fail }
  }
  const created = makeNamespace(context, container, options)
  const ready = created.then(async (held) => {
    if (options.byRuntime) await keepNamespace(context, container, process)
    return connect(context, container, held.reservation, options.signal)
  })
  // Each failure is reported where its promise is awaited; awaiting the other one first must not crash the process.
  for (const promise of [created, ready, process]) promise.catch(() => {})
  return { created, ready, joinProcess, fail }
}

async function keepNamespace(context: Context, { id }: ContainerRecord, process: Promise<number>): Promise<void> {
  keepNetworkNamespace(netnsFile(context, id), await process)
}

async function makeNamespace(
  context: Context,
  container: ContainerRecord,
  { signal, byRuntime = false }: NetworkOptions,
): Promise<Pick<NetworkSetup, 'reservation'>> {
  const { config, id } = container
  const { mode } = config.namespaces.net
  if (mode === 'bridge' && context.identity.rootless) {
    throw new EngineError(
      'NotSupported',
      'Bridge networks are for administrators in this version; leave out --network, and the container gets its network through pasta.',
    )
  }
  const netns = netnsFile(context, id)
  const reservation = mode === 'bridge' ? reservePorts(toRuns(config.ports)) : nothingHeld
  try {
    mkdirSync(containerPaths(context, id).run, { recursive: true, mode: 0o700 })
    // Left by a process that was killed between creating and recording it.
    removeNetworkNamespace(netns)
    if (!byRuntime) await createNetworkNamespace(netns, { signal })
    return { reservation }
  } catch (error) {
    reservation.close()
    throw error
  }
}

async function connect(
  context: Context,
  container: ContainerRecord,
  reservation: PortReservation,
  signal: AbortSignal | undefined,
): Promise<NetworkSetup> {
  const netns = netnsFile(context, container.id)
  try {
    const bridge = container.config.namespaces.net.mode === 'bridge'
    const networks = bridge
      ? await setUpBridges(context, container, netns, signal)
      : await setUpPasta(context, container, netns, signal)
    return { state: { netnsPath: netns, networks, bootId: bootId() }, reservation }
  } catch (error) {
    reservation.close()
    removeNetworkNamespace(netns)
    throw error
  }
}

async function setUpPasta(context: Context, { id, config }: ContainerRecord, netns: string, signal?: AbortSignal): Promise<{}> {
  const extraArguments = config.namespaces.net.value?.split(',').filter(Boolean) ?? (await context.conf()).network.pastaOptions
  await startPasta({ netns, ports: toRuns(config.ports), pidFile: pastaPidFile(context, id), extraArguments, signal })
  return {}
}

/** Undoes {@link startNetworkSetup}; goes on after a failure, and is idempotent. @throws AggregateError of what failed. */
export async function tearDownNetwork(context: Context, container: ContainerRecord): Promise<void> {
  const failures: unknown[] = []
  const attempt = async (step: () => Promise<void> | void) => {
    try {
      await step()
    } catch (error) {
      failures.push(error)
    }
  }
  await attempt(() => stopPasta(pastaPidFile(context, container.id)))
  if (Object.keys(container.state.networks).length > 0) await attempt(() => tearDownBridges(context, container))
  await attempt(() => removeNetworkNamespace(netnsFile(context, container.id)))
  if (failures.length > 0)
    throw new AggregateError(failures, `The network of container ${container.id} could not be taken down completely.`)
}
