import { mkdirSync } from 'node:fs'
import path from 'node:path'

import { createNetworkNamespace, keepNetworkNamespace, removeNetworkNamespace } from '../../adapters/netns.ts'
import { startPasta, stopPasta } from '../../adapters/pasta.ts'
import { startForwarder, stopForwarder } from '../../adapters/port-forwarder.ts'
import { EngineError } from '../../errors/index.ts'
import { checkDatagramPorts, type PortReservation, reservePorts } from '../../lib/host/port-reservation.ts'
import { bootId } from '../../lib/process/process.ts'
import type { ContainerRecord, ContainerRunState, NetworkStatus } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { containerPaths } from '../paths.ts'
import { setUpBridges, tearDownBridges } from './bridge.ts'
import { forwarderPidFile, forwardTargetFile, writeForwardTarget } from './forward-files.ts'
import { namingHolder, withHolder } from './port-holder.ts'
import { toRuns } from './ports.ts'
import { rootlessNetns } from './rootless-namespace.ts'

/** A container's network once it is set up. */
export interface NetworkSetup {
  state: Pick<ContainerRunState, 'netnsPath' | 'networks'> & Partial<Pick<ContainerRunState, 'bootId'>>
  /** The host's ports, reserved until they have been passed to the monitor and this is closed. */
  reservation: PortReservation
}

const nothingHeld: PortReservation = { descriptors: [], versions: [], close: () => {} }

/** The file at which a container's network namespace is kept. */
export function netnsFile(context: Context, id: string): string {
  return path.join(context.runRoot, 'netns', id)
}

/** The file that says which pasta is a container's. */
export function pastaPidFile(context: Context, id: string): string {
  return path.join(containerPaths(context, id).run, 'pasta.pid')
}

type Held = Pick<NetworkSetup, 'reservation'>

/** A network that is being set up. Both promises settle; the caller awaits both, also after a failure of one. */
export interface PendingNetwork {
  /** The namespace exists, and the host's ports are reserved: the runtime may join it while the network is connected. */
  created: Promise<Held>
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
  const made = makeNamespace(context, container, options)
  const forwards = mode === 'bridge' && context.identity.rootless
  // A monitor that held the ports of a forwarder would keep them open after the forwarder has ended.
  const created = made.then(({ reservation }) => ({ reservation: forwards ? nothingHeld : reservation }))
  const ready = made.then(async ({ reservation }) => {
    try {
      if (options.byRuntime) await keepNamespace(context, container, process)
      const setup = await connect(context, container, reservation, options.signal)
      return forwards ? { ...setup, reservation: nothingHeld } : setup
    } finally {
      if (forwards) reservation.close()
    }
  })
  // Each failure is reported where its promise is awaited; awaiting the other one first must not crash the process.
  for (const promise of [made, created, ready, process]) promise.catch(() => {})
  return { created, ready, joinProcess, fail }
}

async function keepNamespace(context: Context, { id }: ContainerRecord, process: Promise<number>): Promise<void> {
  keepNetworkNamespace(netnsFile(context, id), await process)
}

async function makeNamespace(
  context: Context,
  container: ContainerRecord,
  { signal, byRuntime = false }: NetworkOptions,
): Promise<Held> {
  const { config, id } = container
  const bridge = config.namespaces.net.mode === 'bridge'
  const netns = netnsFile(context, id)
  const ports = toRuns(config.ports)
  const { rootless } = context.identity
  if (rootless) refuseSctp(ports)
  const reservation = bridge ? namingHolder(context, container, () => reservePorts(ports, rootless)) : nothingHeld
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
    if (bridge && context.identity.rootless && container.config.ports.length > 0)
      await forward(context, container, networks, reservation)
    return { state: { netnsPath: netns, networks, bootId: bootId() }, reservation }
  } catch (error) {
    reservation.close()
    removeNetworkNamespace(netns)
    throw error
  }
}

/** Neither pasta nor the forwarder knows it. @throws EngineError `NotSupported` */
function refuseSctp(ports: ReturnType<typeof toRuns>): void {
  if (!ports.some(({ protocol }) => protocol === 'sctp')) return
  const message = 'Ports of SCTP are published for administrators alone: ordinary users have TCP and UDP.'
  throw new EngineError('NotSupported', message, { details: { field: 'portmappings' } })
}

/** Starts what leads from a user's published ports into their network namespace. On failure the networks are taken down again. */
async function forward(
  context: Context,
  container: ContainerRecord,
  networks: Record<string, NetworkStatus>,
  { descriptors, versions }: PortReservation,
): Promise<void> {
  const ports = toRuns(container.config.ports)
  try {
    writeForwardTarget(context, container.id, networks)
    await startForwarder({
      netns: rootlessNetns(context),
      ports,
      descriptors,
      versions,
      targetFile: forwardTargetFile(context, container.id),
      pidFile: forwarderPidFile(context, container.id),
      self: context.self,
    })
  } catch (error) {
    const state = { ...container.state, netnsPath: netnsFile(context, container.id), networks, bootId: bootId() }
    await tearDownBridges(context, { ...container, state }).catch(() => {})
    throw error
  }
}

async function setUpPasta(context: Context, container: ContainerRecord, netns: string, signal?: AbortSignal): Promise<{}> {
  const { id, config } = container
  const extraArguments = config.namespaces.net.value?.split(',').filter(Boolean) ?? (await context.conf()).network.pastaOptions
  const ports = toRuns(config.ports)
  try {
    checkDatagramPorts(ports)
    await startPasta({ netns, ports, pidFile: pastaPidFile(context, id), extraArguments, signal })
  } catch (error) {
    throw withHolder(context, container, error)
  }
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
  await attempt(() => stopForwarder(forwarderPidFile(context, container.id)))
  if (Object.keys(container.state.networks).length > 0) await attempt(() => tearDownBridges(context, container))
  await attempt(() => removeNetworkNamespace(netnsFile(context, container.id)))
  if (failures.length > 0)
    throw new AggregateError(failures, `The network of container ${container.id} could not be taken down completely.`)
}
