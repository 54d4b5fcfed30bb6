import { readFileSync } from 'node:fs'
import path from 'node:path'

import { type NetavarkSetup, setupNetworks, teardownNetworks } from '../../adapters/netavark.ts'
import { startPasta, stopPasta } from '../../adapters/pasta.ts'
import { createNetworkNamespace, removeNetworkNamespace } from '../../adapters/netns.ts'
import type { PortMapping } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import type { PortMapping as HostPort } from '../../lib/port-reservation.ts'
import { processStartTime } from '../../lib/process.ts'
import { type ContainerRecord, type NetworkStatus, releaseAddresses, takeAddress, takeStaticAddress } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { findNetwork } from './find.ts'
import type { NetworkRecord } from './record.ts'
import { formatAddress, parseAddress, parseSubnet, sizeOf } from './subnet.ts'

/** What a container's network came to. */
export interface Connected {
  networks: Record<string, NetworkStatus>
  dnsServers: string[]
  dnsSearch: string[]
  pastaPid: number
  pastaPidStart: string
}

/** Where a container's own network namespace lives. */
export function netnsFile(context: Context, id: string): string {
  return path.join(context.runRoot, 'netns', id)
}

/** Whether a container has a network namespace of its own that we make. */
export function ownsNetns({ config }: ContainerRecord): boolean {
  return ['bridge', 'pasta', 'none', 'private'].includes(config.namespaces.net.mode)
}

/** Makes the namespace, empty. Only a container that talks to somebody needs one from us; without a network the runtime makes it. */
export async function makeNetns(context: Context, record: ContainerRecord): Promise<string> {
  const { mode } = record.config.namespaces.net
  if (mode !== 'bridge' && mode !== 'pasta') return ''
  const file = netnsFile(context, record.id)
  removeNetworkNamespace(file)
  await createNetworkNamespace(file)
  return file
}

/**
 * Connects a container's namespace. On failure the caller calls {@link disconnect}.
 *
 * @throws EngineError `NetworkFailed`, `NetworkNotFound`, `PortInUse`, `AddressExhausted`, `ProgramMissing`.
 */
export async function connect(context: Context, record: ContainerRecord, netns: string, signal?: AbortSignal): Promise<Connected> {
  const nothing: Connected = { networks: {}, dnsServers: [], dnsSearch: [], pastaPid: 0, pastaPidStart: '' }
  switch (record.config.namespaces.net.mode) {
    case 'bridge': return { ...nothing, ...(await connectBridge(context, record, netns, signal)) }
    case 'pasta': return { ...nothing, ...(await connectPasta(context, record, netns, signal)) }
    default: return nothing
  }
}

/** Undoes {@link makeNetns} and {@link connect}, as far as they came. Idempotent. @throws what could not be undone, after everything else was. */
export async function disconnect(context: Context, record: ContainerRecord): Promise<void> {
  const file = netnsFile(context, record.id)
  const failures: unknown[] = []
  const attempt = async (work: () => Promise<unknown> | unknown) => {
    try {
      await work()
    } catch (error) {
      failures.push(error)
    }
  }
  const { mode } = record.config.namespaces.net
  if (mode === 'bridge' && Object.keys(record.state.networks).length > 0) {
    await attempt(async () => teardownNetworks(file, await setupOf(context, record, record.state.networks), netavarkOptions(context)))
  }
  if (mode === 'pasta') await attempt(() => stopPasta(pastaPidFile(context, record.id)))
  if (mode === 'bridge' || mode === 'pasta') await attempt(() => removeNetworkNamespace(file))
  if (mode === 'bridge') await attempt(() => context.database.transaction(() => releaseAddresses(context.database, record.id)))
  if (failures.length > 0) throw new AggregateError(failures, `The network of container ${record.id} could not be taken down.`)
}

function netavarkOptions(context: Context): { configDir: string; rootless: boolean } {
  return { configDir: path.join(context.runRoot, 'networks'), rootless: context.identity.rootless }
}

async function connectBridge(context: Context, record: ContainerRecord, netns: string, signal?: AbortSignal): Promise<Partial<Connected>> {
  const planned = await planAddresses(context, record)
  // Known from here on, so that a failure is undone by the same description.
  record.state.networks = planned
  const answer = await setupNetworks(netns, await setupOf(context, record, planned), { ...netavarkOptions(context), signal })
  const networks: Record<string, NetworkStatus> = {}
  for (const [name, plan] of Object.entries(planned)) networks[name] = { ...plan, mac: answer[name]?.interfaces[plan.interface]?.mac ?? plan.mac }
  record.state.networks = networks
  const statuses = Object.values(answer)
  return { networks, dnsServers: statuses.flatMap(({ dnsServerIps }) => dnsServerIps), dnsSearch: statuses.flatMap(({ dnsSearchDomains }) => dnsSearchDomains) }
}

/** Gives the container an address of each of its networks, in one transaction. */
async function planAddresses(context: Context, record: ContainerRecord): Promise<Record<string, NetworkStatus>> {
  const wanted = await Promise.all(
    Object.entries(record.config.networks).map(async ([name, options], at) => ({ network: await findNetwork(context, name), options, interface: options.interface_name || `eth${at}` })),
  )
  const aliases = [record.id.slice(0, 12)]
  return await context.database.transaction(() => {
    const plan: Record<string, NetworkStatus> = {}
    for (const { network, options, interface: name } of wanted) {
      const addresses = network.subnets.flatMap(({ subnet, gateway = '' }, index) => {
        const range = parseSubnet(subnet)
        if (!range) return []
        const first = range.base + 2
        const last = range.base + sizeOf(range.prefix) - 2
        const asked = options.static_ips?.[index]
        return [{ address: assign(context, network, record.id, { first, last }, asked), prefix: range.prefix, gateway }]
      })
      plan[network.name] = { interface: name, mac: options.static_mac ?? '', addresses, aliases: [...aliases, ...(options.aliases ?? [])], networkId: network.id }
    }
    return plan
  })
}

function assign(context: Context, network: NetworkRecord, container: string, range: { first: number; last: number }, asked: string | undefined): string {
  if (asked === undefined) return formatAddress(takeAddress(context.database, network.name, range, container))
  const address = parseAddress(asked)
  if (address === undefined || address < range.first - 1 || address > range.last) {
    throw new EngineError('InvalidArgument', `requested static ip ${asked} not in any subnet on network ${network.name}`, { details: { address: asked, network: network.name } })
  }
  takeStaticAddress(context.database, network.name, address, asked, container)
  return asked
}

async function setupOf(context: Context, record: ContainerRecord, planned: Record<string, NetworkStatus>): Promise<NetavarkSetup> {
  const infos = await Promise.all(Object.keys(planned).map((name) => findNetwork(context, name)))
  return {
    containerId: record.id,
    containerName: record.name,
    containerHostname: record.config.hostname,
    ports: record.config.ports.map(hostPort),
    networks: Object.fromEntries(
      Object.entries(planned).map(([name, { interface: interfaceName, addresses, aliases, mac }]) => [
        name, { interfaceName, staticIps: addresses.map(({ address }) => address), aliases, ...(mac === '' ? {} : { staticMac: mac }) },
      ]),
    ),
    networkInfo: Object.fromEntries(infos.map((info) => [info.name, info])),
    ...(record.config.spec.dns_server ? { dnsServers: record.config.spec.dns_server } : {}),
  }
}

/** A mapping as adapters have it. */
export function hostPort({ host_ip = '', host_port = 0, container_port, range = 1, protocol = 'tcp' }: PortMapping): HostPort {
  return { hostIp: host_ip, hostPort: host_port, containerPort: container_port, range: range || 1, protocol: protocol as HostPort['protocol'] }
}

function pastaPidFile(context: Context, id: string): string {
  return path.join(context.runRoot, 'containers', id, 'pasta.pid')
}

async function connectPasta(context: Context, record: ContainerRecord, netns: string, signal?: AbortSignal): Promise<Partial<Connected>> {
  const pidFile = pastaPidFile(context, record.id)
  const options = (await context.conf()).network.pastaOptions ?? []
  const own = record.config.namespaces.net.value?.split(',').filter(Boolean) ?? []
  await startPasta({ netns, ports: record.config.ports.map(hostPort), pidFile, extraArguments: [...options, ...own], signal })
  const pid = Number(readFileSync(pidFile, 'utf8').trim())
  return { pastaPid: pid, pastaPidStart: processStartTime(pid) ?? '' }
}
