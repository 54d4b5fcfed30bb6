import { existsSync } from 'node:fs'
import path from 'node:path'
import { EngineError } from '../errors/index.ts'
import { plainEnvironment, requireProgram, run, type RunResult, which } from '../lib/process/exec.ts'
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
  subnets: NetworkSubnet[]
  /** More destinations that containers reach through a gateway of the network. */
  routes?: { destination: string; gateway: string; metric?: number }[]
  ipv6_enabled: boolean
  internal: boolean
  dns_enabled: boolean
  network_dns_servers?: string[]
  ipam_options: Record<string, string>
  options?: Record<string, string>
  labels?: Record<string, string>
}

/** Addresses of a network; containers get those of the lease range, or any. */
export interface NetworkSubnet {
  subnet: string
  gateway?: string
  lease_range?: { start_ip?: string; end_ip?: string }
}

/** One interface of a container. Addresses are allocated by the caller, as podman does. */
export interface InterfaceRequest {
  interfaceName: string
  staticIps: string[]
  staticMac?: string
  aliases?: string[]
  /** Passed on as they are: `host_interface_name` names the host's end. */
  options?: Record<string, string>
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
  /** Where it runs: words that start a program there, e.g. with nsenter. Here by default. */
  enter?: readonly string[]
  /** `iptables`, `nftables` or `none`; the environment's or its own choice by default. */
  firewall?: string | undefined
  /** Where the name server listens; 53 by default. */
  dnsPort?: number | undefined
  /** Folders of drivers other than its own. */
  pluginFolders?: readonly string[] | undefined
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

/**
 * Tells a network's running name server to which servers it passes on what it does not know; without any, to the host's.
 *
 * @throws NetworkFailed
 */
export async function updateNameServers(network: string, servers: readonly string[], options: NetavarkOptions): Promise<void> {
  const result = await start(['update', network, '--network-dns-servers', servers.join(',')], options)
  if (result.code === 0) return
  throw new EngineError('NetworkFailed', `netavark could not update the network ${network}: ${wordsOf(result)}`, {
    details: { networks: [network] },
  })
}

/** A driver that netavark has as a program of its own; `undefined` where no folder has it. */
export function networkPlugin(driver: string, folders: readonly string[] | undefined): string | undefined {
  if (driver.includes('/')) return undefined
  return (folders ?? pluginFolders)
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, driver))
    .find((file) => which(file) !== null)
}

const pluginFolders = ['/usr/local/libexec/netavark', '/usr/libexec/netavark', '/usr/local/lib/netavark', '/usr/lib/netavark']

/** Has a plugin complete the description of a network of its own. @throws NetworkFailed */
export async function createByPlugin(program: string, network: NetworkInfo): Promise<unknown> {
  const result = await run(program, ['create'], { stdin: JSON.stringify(network), env: plainEnvironment({ PATH: searchPath() }) })
  try {
    if (result.code === 0) return JSON.parse(result.stdout)
  } catch {
    // Said below.
  }
  throw new EngineError(
    'NetworkFailed',
    `The driver ${program} could not create the network ${network.name}: ${wordsOf(result)}`,
    {
      details: { networks: [network.name] },
    },
  )
}

async function call(
  action: 'setup' | 'teardown',
  netns: string,
  setup: NetavarkSetup,
  options: NetavarkOptions,
): Promise<string> {
  const result = await start([action, netns], options, JSON.stringify(wireOf(setup)))
  if (result.code === 0) return result.stdout
  const networks = Object.keys(setup.networks)
  throw new EngineError(
    'NetworkFailed',
    `netavark could not ${action} the network ${networks.join(', ')} of container ${setup.containerId}: ${wordsOf(result)}`,
    {
      details: { container: setup.containerId, networks },
    },
  )
}

async function start(args: readonly string[], options: NetavarkOptions, stdin?: string): Promise<RunResult> {
  // netavark would make it open to all, and it says who is in which network.
  makePrivateFolder(options.configDir)
  const nameServer = which('aardvark-dns')
  const words = [
    ...(options.enter ?? []),
    requireNetavark(),
    '--config',
    options.configDir,
    `--rootless=${options.rootless}`,
    ...(nameServer ? [`--aardvark-binary=${nameServer}`] : []),
    ...(options.pluginFolders ?? []).map((folder) => `--plugin-directory=${folder}`),
    ...args,
  ]
  const [program = '', ...rest] = words
  const env = plainEnvironment({
    PATH: searchPath(),
    NETAVARK_FW: options.firewall ?? process.env['NETAVARK_FW'],
    NETAVARK_DNS_PORT: options.dnsPort === undefined ? undefined : String(options.dnsPort),
    // It starts the name server by systemd-run where systemd runs.
    DBUS_SESSION_BUS_ADDRESS: process.env['DBUS_SESSION_BUS_ADDRESS'],
  })
  return run(program, rest, { ...(stdin === undefined ? {} : { stdin }), env, timeout, signal: options.signal })
}

function wordsOf({ stdout, stderr, code }: RunResult): string {
  return errorText(stdout) ?? errorText(stderr) ?? (stderr.trim() || `status ${code}`)
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
      ...(request.options ? { options: request.options } : {}),
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
