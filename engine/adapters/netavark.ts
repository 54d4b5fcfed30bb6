import { existsSync } from 'node:fs'
import path from 'node:path'
import { EngineError } from '../errors/index.ts'
import { plainEnvironment, requireProgram, run, which } from '../lib/process/exec.ts'
import type { PortMapping } from '../lib/host/port-reservation.ts'
import { makePrivateFolder } from '../lib/files/private-folder.ts'
import { randomToken } from '../lib/random-id.ts'
import { createNetworkNamespace, removeNetworkNamespace } from './netns.ts'

/** A network as netavark and podman's network files write it. */
export interface NetworkInfo {
  name: string
  /** 64 hexadecimal digits. */
  id: string
  driver: string
  network_interface: string
  created?: string
  subnets: { subnet: string; gateway?: string }[]
  ipv6_enabled: boolean
  internal: boolean
  dns_enabled: boolean
  network_dns_servers?: string[]
  ipam_options: Record<string, string>
  options?: Record<string, string>
}

/** One interface of a container. Addresses are allocated by the caller, as podman does. */
export interface InterfaceRequest {
  interfaceName: string
  staticIps: string[]
  staticMac?: string
  aliases?: string[]
}

export interface NetavarkSetup {
  containerId: string
  containerName: string
  containerHostname?: string
  ports: readonly PortMapping[]
  /** By network name. */
  networks: Record<string, InterfaceRequest>
  networkInfo: Record<string, NetworkInfo>
  dnsServers?: string[]
}

/** What one network gave to the container. */
export interface NetworkStatus {
  dnsSearchDomains: string[]
  dnsServerIps: string[]
  /** By interface name, e.g. `eth0`. */
  interfaces: Record<string, { mac: string; subnets: { ipnet: string; gateway?: string }[] }>
}

export interface NetavarkOptions {
  /** A folder on a file system that a reboot empties, for the name server's files: RUN/networks. */
  configDir: string
  /** Whether this runs in the one network namespace of an ordinary user. */
  rootless: boolean
  signal?: AbortSignal
}

// The first bridge of a slow machine loads a dozen kernel modules.
const timeout = 120_000

/**
 * Joins a network namespace to the given networks: bridges, veth pairs, addresses, firewall rules, published ports, names.
 *
 * @returns by network name. @throws NetworkFailed with netavark's message (then call {@link teardownNetworks}), ProgramMissing,
 *   Cancelled.
 */
export async function setupNetworks(
  netns: string,
  setup: NetavarkSetup,
  options: NetavarkOptions,
): Promise<Record<string, NetworkStatus>> {
  const answer = await call('setup', netns, setup, options)
  return readStatuses(answer, setup.containerId)
}

/**
 * Undoes {@link setupNetworks}; takes the same description. Idempotent: what is gone already, also the namespace itself,
 * is no failure, and its published ports are undone all the same; the bridge then stays until its network's next teardown.
 *
 * @throws NetworkFailed
 */
export async function teardownNetworks(netns: string, setup: NetavarkSetup, options: NetavarkOptions): Promise<void> {
  // netavark does nothing at all without a namespace to enter, so an empty one stands in.
  const standIn = existsSync(netns) ? undefined : `${netns}.gone-${randomToken()}`
  if (standIn) await createNetworkNamespace(standIn, options)
  try {
    await call('teardown', standIn ?? netns, setup, options)
  } catch (error) {
    if (!isAlreadyGone(error)) throw error
  } finally {
    if (standIn) removeNetworkNamespace(standIn)
  }
}

/** Whether netavark's only errors are missing interfaces (ENODEV). */
function isAlreadyGone(error: unknown): boolean {
  const numbers = [...(error as Error).message.matchAll(/os error (\d+)/g)].map((match) => match[1])
  return EngineError.is(error, 'NetworkFailed') && numbers.length > 0 && numbers.every((number) => number === '19')
}

/** Where netavark is, or the error that names its package. */
export function requireNetavark(): string {
  return requireProgram('netavark')
}

async function call(
  action: 'setup' | 'teardown',
  netns: string,
  setup: NetavarkSetup,
  options: NetavarkOptions,
): Promise<string> {
  // netavark would make it open to all, and it says who is in which network.
  makePrivateFolder(options.configDir)
  const nameServer = which('aardvark-dns')
  const args = [
    '--config',
    options.configDir,
    `--rootless=${options.rootless}`,
    ...(nameServer ? [`--aardvark-binary=${nameServer}`] : []),
    action,
    netns,
  ]
  const environment = plainEnvironment({ PATH: searchPath(), NETAVARK_FW: process.env['NETAVARK_FW'] })
  const result = await run(requireNetavark(), args, {
    stdin: JSON.stringify(wireOf(setup)),
    env: environment,
    timeout,
    signal: options.signal,
  })
  if (result.code === 0) return result.stdout
  const words = errorText(result.stdout) ?? errorText(result.stderr) ?? (result.stderr.trim() || `status ${result.code}`)
  const networks = Object.keys(setup.networks)
  throw new EngineError(
    'NetworkFailed',
    `netavark could not ${action} the network ${networks.join(', ')} of container ${setup.containerId}: ${words}`,
    {
      details: { container: setup.containerId, networks },
    },
  )
}

// netavark starts nft and aardvark-dns by name, also from a session whose PATH lacks sbin.
function searchPath(): string {
  return [process.env['PATH'], '/usr/sbin', '/sbin', '/usr/bin', '/bin'].filter(Boolean).join(path.delimiter)
}

function wireOf(setup: NetavarkSetup): object {
  const networks = Object.entries(setup.networks).map(([name, request]) => [
    name,
    {
      interface_name: request.interfaceName,
      static_ips: request.staticIps,
      ...(request.staticMac ? { static_mac: request.staticMac } : {}),
      aliases: request.aliases ?? [],
    },
  ])
  return {
    container_id: setup.containerId,
    container_name: setup.containerName,
    container_hostname: setup.containerHostname ?? setup.containerName,
    port_mappings: setup.ports.map(({ protocol, hostIp, hostPort, containerPort, range }) => ({
      protocol,
      host_ip: hostIp,
      host_port: hostPort,
      container_port: containerPort,
      range,
    })),
    networks: Object.fromEntries(networks) as object,
    network_info: setup.networkInfo,
    ...(setup.dnsServers ? { dns_servers: setup.dnsServers } : {}),
  }
}

function errorText(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: unknown }
    return typeof error === 'string' ? error : undefined
  } catch {
    return undefined
  }
}

interface WireStatus {
  dns_search_domains?: string[]
  dns_server_ips?: string[]
  interfaces?: Record<string, { mac_address?: string; subnets?: { ipnet: string; gateway?: string }[] }>
}

function readStatuses(text: string, container: string): Record<string, NetworkStatus> {
  let wire: Record<string, WireStatus>
  try {
    wire = JSON.parse(text) as Record<string, WireStatus>
  } catch (cause) {
    throw new EngineError('NetworkFailed', `netavark answered for container ${container} with something that is not JSON.`, {
      cause,
    })
  }
  return Object.fromEntries(Object.entries(wire).map(([network, status]) => [network, readStatus(status)]))
}

function readStatus(status: WireStatus): NetworkStatus {
  const interfaces = Object.entries(status.interfaces ?? {}).map(([name, { mac_address, subnets }]) => [
    name,
    { mac: mac_address ?? '', subnets: subnets ?? [] },
  ])
  return {
    dnsSearchDomains: status.dns_search_domains ?? [],
    dnsServerIps: status.dns_server_ips ?? [],
    interfaces: Object.fromEntries(interfaces) as NetworkStatus['interfaces'],
  }
}
