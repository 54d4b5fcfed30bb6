import { chownSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'

import { pastaDnsAddress, pastaHostAddress } from '../../../adapters/pasta.ts'
import { requireCatatonit } from '../../../adapters/catatonit.ts'
import type { ContainerRecord, NetworkStatus } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { findNetwork } from '../../networks/find.ts'
import { containerPaths } from '../../paths.ts'
import { ownerOutside } from '../user-namespaces/outside.ts'
import { timezoneFile } from '../resolve/timezone.ts'
import type { ManagedFiles } from '../spec/mounts.ts'
import { nameInSharedHosts, sharedNames, writtenHosts } from './shared-hosts.ts'

const resolvedFile = '/run/systemd/resolve/resolv.conf'
const publicServers = ['8.8.8.8', '8.8.4.4']

/** Which files of ours a container gets, and where they are; nothing is written. */
export async function managedFiles(context: Context, record: ContainerRecord): Promise<ManagedFiles> {
  const { config, id } = record
  const paths = containerPaths(context, id)
  const network = config.namespaces.net
  // Containers that share a network share its names; an infra container's files are its pod's.
  const shared =
    (network.mode === 'container' || network.mode === 'pod') && network.value ? containerPaths(context, network.value) : undefined
  const ipc = config.namespaces.ipc
  const conf = await context.conf()
  return {
    hosts: config.spec.use_image_hosts ? undefined : shared && existsSync(shared.hosts) ? shared.hosts : paths.hosts,
    // Who has no network asks nobody, as with podman.
    resolvConf:
      config.spec.use_image_resolve_conf || network.mode === 'none'
        ? undefined
        : shared && existsSync(shared.resolvConf)
          ? shared.resolvConf
          : paths.resolvConf,
    hostname: config.spec.use_image_hostname ? undefined : paths.hostname,
    containerEnv: `${paths.run}/.containerenv`,
    initProgram: config.init ? config.spec.init_path || (conf.containers.initPath ?? requireCatatonit()) : undefined,
    localtime: timezoneFile(config.spec.timezone ?? '') === undefined ? undefined : `${paths.run}/localtime`,
    shm: (ipc.mode === 'container' || ipc.mode === 'pod') && ipc.value ? containerPaths(context, ipc.value).shm : paths.shm,
  }
}

/** Writes the container's own files; those it shares are left alone. The network's facts must be known. */
export async function writeRunFiles(
  context: Context,
  record: ContainerRecord,
  files: ManagedFiles,
  networks: Record<string, NetworkStatus>,
): Promise<void> {
  const { config, id } = record
  const paths = containerPaths(context, id)
  const write = (file: string, text: string | Buffer): void => {
    writeFileSync(file, text, { mode: 0o644 })
    if (!config.idMappings) return
    const { uid, gid } = ownerOutside(config, { uid: 0, gid: 0 })
    chownSync(file, uid, gid)
  }
  write(paths.hostname, `${config.hostname || id.slice(0, 12)}\n`)
  write(`${paths.run}/.containerenv`, containerEnv(context, record))
  const zone = timezoneFile(config.spec.timezone ?? '')
  if (files.localtime !== undefined && zone !== undefined) write(files.localtime, readFileSync(zone))
  if (files.hosts !== undefined && files.hosts !== paths.hosts) await nameInSharedHosts(context, record)
  if (files.hosts === paths.hosts) write(paths.hosts, await hostsText(context, record, networks, files.imageHosts ?? ''))
  if (files.resolvConf === paths.resolvConf) write(paths.resolvConf, await resolvText(context, record, networks))
}

/** Writes the files again that say who and where the container is, as its networks have changed while it runs. */
export async function rewriteNetworkFiles(
  context: Context,
  record: ContainerRecord,
  networks: Record<string, NetworkStatus>,
): Promise<void> {
  const paths = containerPaths(context, record.id)
  const files = await managedFiles(context, record)
  // The same file, not another: it is mounted. Its owner stays.
  if (files.hosts === paths.hosts && record.config.spec.base_hosts_file !== 'image')
    rewriteHosts(paths.hosts, await hostsText(context, record, networks, ''))
  if (files.resolvConf === paths.resolvConf) writeFileSync(paths.resolvConf, await resolvText(context, record, networks))
}

function rewriteHosts(file: string, text: string): void {
  writeFileSync(file, `${text}${sharedNames(writtenHosts(file) ?? '', text)}`)
}

/** Programs detect by this file that they run in a container; for a privileged one it has more content, as podman's does. */
function containerEnv({ identity }: Context, { config, name, id }: ContainerRecord): string {
  if (!config.privileged) return ''
  const image = config.image ? `image="${config.image.name}"\nimageid="${config.image.id}"\n` : ''
  return `engine="berth"\nname="${name}"\nid="${id}"\n${image}rootless=${identity.rootless ? 1 : 0}\n`
}

async function hostsText(
  context: Context,
  record: ContainerRecord,
  networks: Record<string, NetworkStatus>,
  imageHosts: string,
): Promise<string> {
  const { config, id, name } = record
  const { baseHostsFile = '', hostContainersInternalIp: internal } = (await context.conf()).containers
  const base = config.spec.base_hosts_file || baseHostsFile
  const lines = base === 'none' ? [] : base === 'image' ? parseHosts(imageHosts) : hostLines(base === '' ? '/etc/hosts' : base)
  const gateway = internal === 'none' ? '' : internal || hostAddress(context, record, networks)
  const added = (config.spec.hostadd ?? []).flatMap((entry) => addedHosts(entry, gateway))
  const own = ownAddresses(record, networks)
  const names = [...new Set([config.hostname, name])].filter(Boolean).join(' ')
  const known = new Set(added.flatMap((line) => line.split('\t')[1]?.split(' ') ?? []))
  const hostNames = ['host.containers.internal', 'host.docker.internal'].filter((each) => !known.has(each)).join(' ')
  const tail = [
    ...(gateway && hostNames ? [`${gateway}\t${hostNames}`] : []),
    ...own.map((address) => `${address}\t${config.namespaces.net.mode === 'bridge' ? names || id.slice(0, 12) : names}`),
  ]
  const withLocalhost = lines.some((line) => /\slocalhost(\s|$)/.test(line))
    ? lines
    : ['127.0.0.1\tlocalhost', '::1\tlocalhost', ...lines]
  return `${[...added, ...withLocalhost, ...tail].join('\n')}\n`
}

function hostLines(file: string): string[] {
  return parseHosts(textOf(file))
}

function parseHosts(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    return address && names.length > 0 ? [`${address}\t${names.join(' ')}`] : []
  })
}

/** `name[;name]:address`; `host-gateway` is the host. */
function addedHosts(entry: string, gateway: string): string[] {
  const at = entry.indexOf(':')
  const address = entry.slice(at + 1).replace(/^\[(.*)\]$/, '$1')
  const actual = address === 'host-gateway' ? gateway : address
  return at > 0 && actual ? [`${actual}\t${entry.slice(0, at).split(';').join(' ')}`] : []
}

/** The host's address as the container sees it. */
function hostAddress({ identity }: Context, { config }: ContainerRecord, networks: Record<string, NetworkStatus>): string {
  switch (config.namespaces.net.mode) {
    case 'bridge':
      // The gateway of an ordinary user's network is not the host.
      if (identity.rootless) return pastaHostAddress
      return Object.values(networks)[0]?.addresses[0]?.gateway ?? ''
    case 'pasta':
      return pastaHostAddress
    case 'host':
    case 'none':
      return outwardAddress()
    default:
      return ''
  }
}

function ownAddresses({ config }: ContainerRecord, networks: Record<string, NetworkStatus>): string[] {
  switch (config.namespaces.net.mode) {
    case 'bridge':
      return Object.values(networks).flatMap(({ addresses }) => addresses.map(({ address }) => address))
    case 'pasta':
      return [outwardAddress()].filter(Boolean)
    case 'none':
      return ['127.0.0.1']
    default:
      return []
  }
}

/** The host's first address that others can reach. */
function outwardAddress(): string {
  const all = Object.entries(networkInterfaces())
    .filter(([name]) => !/^(berth|podman|docker|veth|virbr|cni)/.test(name))
    .flatMap(([, addresses]) => addresses ?? [])
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? ''
}

async function resolvText(
  context: Context,
  { config }: ContainerRecord,
  networks: Record<string, NetworkStatus>,
): Promise<string> {
  const { containers } = await context.conf()
  const host = textOf('/etc/resolv.conf')
  const lines = host.split('\n').map((line) => line.trim().split(/\s+/))
  const ownNamespace = config.namespaces.net.mode !== 'host'
  const named = await networkServers(context, networks)
  const asked = named.length > 0 ? named : (config.spec.dns_server ?? containers.dnsServers ?? [])
  const servers = asked.length > 0 ? asked : hostServers(lines, ownNamespace, config.namespaces.net.mode === 'pasta')
  const searches =
    config.spec.dns_search ??
    containers.dnsSearches ??
    lines.findLast(([key]) => key === 'search' || key === 'domain')?.slice(1) ??
    []
  const options =
    config.spec.dns_option ?? containers.dnsOptions ?? lines.flatMap(([key, ...rest]) => (key === 'options' ? rest : []))
  const search = [...(named.length > 0 ? ['dns.podman'] : []), ...searches].filter((each) => each !== '.')
  return [
    ...(search.length > 0 ? [`search ${search.join(' ')}`] : []),
    ...(servers.includes('none') ? [] : servers.map((server) => `nameserver ${server}`)),
    ...(options.length > 0 ? [`options ${options.join(' ')}`] : []),
    '',
  ].join('\n')
}

/** Networks with names of their own have a name server at their gateway, which passes on what it does not know. */
async function networkServers(context: Context, networks: Record<string, NetworkStatus>): Promise<string[]> {
  const infos = await Promise.all(Object.keys(networks).map((name) => findNetwork(context, name)))
  return infos.filter((info) => info.dns_enabled).flatMap(({ subnets }) => subnets.flatMap(({ gateway }) => gateway ?? []))
}

/** The host's name servers, of which those on its loopback cannot be reached from another network namespace. */
function hostServers(lines: string[][], ownNamespace: boolean, pasta: boolean): string[] {
  const named = (from: string[][]) => from.flatMap(([key, server]) => (key === 'nameserver' && server ? [server] : []))
  const isLocal = (server: string) => server.startsWith('127.') || server === '::1'
  const servers = named(lines)
  if (!ownNamespace) return servers
  const reachable = servers.filter((server) => !isLocal(server))
  if (pasta) return [pastaDnsAddress, ...reachable]
  if (reachable.length > 0) return reachable
  const behind = named(
    textOf(resolvedFile)
      .split('\n')
      .map((line) => line.trim().split(/\s+/)),
  ).filter((server) => !isLocal(server))
  return behind.length > 0 ? behind : publicServers
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
