import type { ContainerSpec, Namespace, PerNetworkOptions } from '../../contract/index.ts'
import { UsageError } from '../parse/usage-error.ts'

export interface NetworkFlags {
  network: readonly string[]
  'network-alias': readonly string[]
  ip?: string
  ip6?: string
  'mac-address'?: string
}

const modes = ['none', 'host', 'private', 'default', 'pasta', 'slirp4netns']

/** What `--network` and the flags for addresses mean. @throws UsageError */
export function parseNetworks(flags: NetworkFlags): Pick<ContainerSpec, 'netns' | 'Networks'> {
  const networks: Record<string, PerNetworkOptions> = {}
  let netns: Namespace | undefined
  const given = flags.network.flatMap((each) => (each.includes(':') ? [each] : each.split(',')))
  for (const each of given) {
    const colon = each.indexOf(':')
    const [name, rest] = colon < 0 ? [each, ''] : [each.slice(0, colon), each.slice(colon + 1)]
    if (name === '') throw new UsageError('invalid network name "": a network or one of none, host, bridge, private is expected')
    if (given.length > 1 && (modes.includes(name) || name === 'container' || name === 'ns'))
      throw new UsageError(
        `cannot set multiple networks without bridge network mode, selected mode ${given[0]?.split(':')[0]}: invalid argument`,
      )
    if ((name === 'none' || name === 'host') && colon >= 0)
      throw new UsageError(`unable to find network with name or ID ${name}: network not found`)
    if ((name === 'container' || name === 'ns') && rest === '') throw noValue(name)
    if (name === 'container') netns = { nsmode: 'container', value: rest }
    else if (name === 'ns') netns = { nsmode: 'path', value: rest }
    else if (modes.includes(name)) netns = { nsmode: name as 'none', ...(rest ? { value: rest } : {}) }
    else {
      netns = { nsmode: 'bridge' }
      if (name !== 'bridge' || rest !== '') networks[name === 'bridge' ? 'default' : name] = networkOptions(rest)
    }
  }
  const addresses = addressOptions(flags)
  const aliases = [...flags['network-alias']]
  if (addresses || aliases.length > 0) {
    if (netns && netns.nsmode !== 'bridge')
      throw new UsageError(`${addressFlag(flags)} can only be set when the network mode is bridge: invalid argument`)
    if (addresses && Object.keys(networks).length > 1)
      throw new UsageError('--ip, --ip6 and --mac-address can only be set for a single network')
    if (Object.keys(networks).length === 0) networks['default'] = {}
    for (const [name, options] of Object.entries(networks)) {
      const all = [...(options.aliases ?? []), ...aliases]
      networks[name] = { ...options, ...addresses, ...(all.length > 0 ? { aliases: all } : {}) }
    }
  }
  return { ...(netns ? { netns } : {}), ...(Object.keys(networks).length > 0 ? { Networks: networks } : {}) }
}

/** The flag that asks for what a network of this kind does not have. */
function addressFlag(flags: NetworkFlags): string {
  const named = (['ip', 'ip6', 'mac-address'] as const).find((name) => flags[name] !== undefined)
  return `--${named ?? 'network-alias'}`
}

function noValue(mode: string): UsageError {
  return new UsageError(`invalid config provided: namespace mode ${mode === 'ns' ? 'path' : mode} requires a value`)
}

function addressOptions(flags: NetworkFlags): PerNetworkOptions | undefined {
  const ips = [flags.ip, flags.ip6].filter((ip) => ip !== undefined)
  const options: PerNetworkOptions = {
    ...(ips.length > 0 ? { static_ips: ips } : {}),
    ...(flags['mac-address'] === undefined ? {} : { static_mac: flags['mac-address'] }),
  }
  return Object.keys(options).length > 0 ? options : undefined
}

/** `ip=10.88.0.5,mac=…,alias=…,interface_name=…` behind a network's name; other options are for netavark, as podman has it. */
function networkOptions(text: string): PerNetworkOptions {
  const options: PerNetworkOptions = {}
  for (const part of text.split(',').filter((each) => each !== '')) {
    const equals = part.indexOf('=')
    const [key, value] = [part.slice(0, equals), part.slice(equals + 1)]
    if (equals > 0 && (key === 'ip' || key === 'ip6')) options.static_ips = [...(options.static_ips ?? []), value]
    else if (equals > 0 && key === 'mac') options.static_mac = value
    else if (equals > 0 && key === 'alias') options.aliases = [...(options.aliases ?? []), value]
    else if (equals > 0 && key === 'interface_name') options.interface_name = value
    else if (equals > 0) options.options = { ...options.options, [key]: value }
    else throw new UsageError(`unknown bridge network option: ${part}`)
  }
  return options
}

const ownModes = ['', 'default', 'host', 'private', 'pod', 'container', 'ns', 'none', 'shareable']

/** {@link parseNamespace} for a namespace other than that of users. @throws UsageError, with podman's message */
export function parseOwnNamespace(text: string): Namespace {
  if (!ownModes.includes(text.split(':')[0] ?? '')) throw new UsageError(`unrecognized namespace mode ${text} passed`)
  return parseNamespace(text)
}

/** `host`, `private`, `container:ID`, `ns:PATH`, `keep-id:uid=…` as the API has it. @throws UsageError */
export function parseNamespace(text: string): Namespace {
  const colon = text.indexOf(':')
  const mode = colon < 0 ? text : text.slice(0, colon)
  const value = colon < 0 ? undefined : text.slice(colon + 1)
  if ((mode === 'container' || mode === 'ns') && !value) throw noValue(mode)
  if (mode === 'ns') return { nsmode: 'path', value }
  return { nsmode: mode as 'host', ...(value === undefined ? {} : { value }) }
}
