import type { ContainerSpec, PerNetworkOptions } from '../../../../engine/contract/index.ts'
import { isAddress } from '../../../../engine/spec/address.ts'
import { badValue } from '../../../../engine/spec/bad-value.ts'
import { checkHostname, checkName } from '../../../../engine/spec/name.ts'
import { listField, rowsField, switchField, textField } from '../../../engine/fields/field.ts'
import { type Port, portsField } from '../../../engine/fields/port-rows.ts'
import type { Draft, Host, NetworkRow } from '../draft.ts'
import { type ContainerField, containerField, type Seen } from './container-field.ts'

/** In a pod the network is the pod's. */
const own = (draft: Draft): boolean => draft.pod === ''
const words = (text: string): string[] => text.split(/[\s,]+/).filter((each) => each !== '')

function networkText({ name, aliases, ip }: NetworkRow): string {
  if (name === '' && aliases === '' && ip === '') return ''
  const options = [...words(ip).map((each) => `ip=${each}`), ...words(aliases).map((each) => `alias=${each}`)]
  return [name, ...(options.length > 0 ? [options.join(',')] : [])].join(':')
}

/** `NAME:ip=…,alias=…`, as {@link networkText} writes it. */
function readNetworks(texts: readonly string[]): ContainerSpec {
  const networks = texts.map((text): [string, PerNetworkOptions] => {
    const [name = ''] = text.split(':', 1)
    const options: PerNetworkOptions = {}
    for (const part of text.slice(name.length + 1).split(',')) {
      if (part.startsWith('ip=')) options.static_ips = [...(options.static_ips ?? []), part.slice('ip='.length)]
      if (part.startsWith('alias=')) options.aliases = [...(options.aliases ?? []), part.slice('alias='.length)]
    }
    return [name, options]
  })
  return { netns: { nsmode: 'bridge' }, Networks: Object.fromEntries(networks) }
}

function requireNetwork({ name, ip }: NetworkRow, all: readonly NetworkRow[]): void {
  if (name === '') throw badValue('Enter a name.')
  checkName(name)
  if (['bridge', 'host', 'none', 'private', 'default', 'pasta', 'slirp4netns'].includes(name))
    throw badValue('"{network}" is a mode; choose it above.', { network: name })
  if (all.filter((each) => each.name === name).length > 1) throw badValue('This network is named twice.')
  const wrong = words(ip).find((each) => !isAddress(each))
  if (wrong !== undefined) throw badValue('cannot parse "{address}" as an IP address', { address: wrong })
}

const rowsOf = (draft: Draft): readonly NetworkRow[] => (own(draft) && draft.network === 'bridge' ? draft.networks : [])

/** A mode alone: `host`, `none`, `container:NAME`; `bridge` where no network is named. */
function modeText(draft: Draft): string {
  return own(draft) && rowsOf(draft).every((row) => networkText(row) === '') ? draft.network : ''
}

function readMode(text: string): ContainerSpec {
  const [mode = '', value] = text.split(/:(.*)/s)
  return { netns: { nsmode: mode === 'ns' ? 'path' : (mode as 'host'), ...(value === undefined ? {} : { value }) } }
}

const defaultNetwork = 'podman'

/** Where it is connected, as far as that is not what the engine does by itself. */
function networksOf({ inspect, rootless }: Seen): Partial<Draft> {
  const mode = inspect.HostConfig.NetworkMode
  if (mode !== 'bridge') return { network: mode === 'pasta' && rootless ? '' : mode, networks: [] }
  const networks = Object.entries(inspect.NetworkSettings.Networks ?? {}).map(([name, settings]): NetworkRow => {
    const aliases = Array.isArray(settings['Aliases']) ? settings['Aliases'].map(String) : []
    return { name, aliases: aliases.filter((alias) => alias !== inspect.Id.slice(0, 12)).join(' '), ip: '' }
  })
  const [first] = networks
  const isDefault = !rootless && networks.length === 1 && first?.name === defaultNetwork && first.aliases === ''
  return isDefault ? { network: '', networks: [] } : { network: 'bridge', networks }
}

/** Published ports; those that follow each other are one range. */
function portsOf({ inspect }: Seen): Port[] {
  const all = Object.entries(inspect.HostConfig.PortBindings).flatMap(([key, bindings]) => {
    const [container = '', protocol = 'tcp'] = key.split('/')
    return (bindings ?? []).map(({ HostIp, HostPort }) => ({
      address: HostIp === '0.0.0.0' ? '' : HostIp,
      host: Number(HostPort),
      container: Number(container),
      protocol,
      length: 1,
    }))
  })
  const joined: typeof all = []
  for (const port of all.toSorted((a, b) => a.container - b.container)) {
    const before = joined.find(
      ({ address, protocol, host, container, length }) =>
        address === port.address &&
        protocol === port.protocol &&
        host > 0 &&
        host + length === port.host &&
        container + length === port.container,
    )
    if (before) before.length += 1
    else joined.push({ ...port })
  }
  const range = (first: number, length: number) => (length > 1 ? `${first}-${first + length - 1}` : String(first))
  return joined.map(({ address, host, container, protocol, length }) => ({
    address,
    protocol,
    host: host > 0 ? range(host, length) : '',
    container: range(container, length),
  }))
}

function requireHost({ name, address }: Host): void {
  if (name === '' || /[\s:]/.test(name)) throw badValue('Enter a host name.')
  if (address !== 'host-gateway' && !isAddress(address)) throw badValue('cannot parse "{address}" as an IP address', { address })
}

const hostsOf = (list: unknown): Host[] =>
  (Array.isArray(list) ? list : []).map((each) => {
    const [name = '', address = ''] = String(each).split(/:(.*)/s)
    return { name, address }
  })

const joined = (list: unknown): string => (Array.isArray(list) ? list.join(' ') : '')

/** How a container is connected. */
export const networkFields: readonly ContainerField[] = [
  // In a pod they are the pod's.
  containerField(
    portsField('ports', ({ ports, pod }) => (pod === '' ? ports : [])),
    { fill: (seen) => ({ ports: portsOf(seen) }) },
  ),
  containerField(textField('network', '--network', { text: modeText, read: readMode }), { group: 'network', fill: networksOf }),
  containerField(
    rowsField('networks', '--network', {
      rows: rowsOf,
      text: networkText,
      read: readNetworks,
      require: requireNetwork,
      sample: { name: 'network', aliases: '', ip: '' },
    }),
    { group: 'network' },
  ),
  containerField(
    switchField('publishAll', ['--publish-all'], (draft) => own(draft) && draft.publishAll, { publish_image_ports: true }),
    { group: 'network', fill: ({ inspect }) => ({ publishAll: inspect.HostConfig['PublishAllPorts'] === true }) },
  ),
  containerField(
    textField('hostname', '--hostname', {
      text: (draft) => (own(draft) ? draft.hostname.trim() : ''),
      read: (text) => ({ hostname: checkHostname(text) }),
    }),
    {
      group: 'network',
      fill: ({ inspect }) => ({
        hostname: inspect.Id.startsWith(inspect.Config.Hostname) ? '' : inspect.Config.Hostname,
      }),
    },
  ),
  containerField(
    listField('dns', '--dns', {
      text: (draft) => (own(draft) ? draft.dns : ''),
      read: (servers) => {
        const wrong = servers.find((each) => !isAddress(each))
        if (wrong !== undefined) throw badValue('cannot parse "{address}" as an IP address', { address: wrong })
        return { dns_server: servers }
      },
    }),
    { group: 'network', fill: ({ inspect }) => ({ dns: joined(inspect.HostConfig['Dns']) }) },
  ),
  containerField(
    listField('dnsSearch', '--dns-search', {
      text: (draft) => (own(draft) ? draft.dnsSearch : ''),
      read: (domains) => ({ dns_search: domains }),
    }),
    { group: 'network', fill: ({ inspect }) => ({ dnsSearch: joined(inspect.HostConfig['DnsSearch']) }) },
  ),
  containerField(
    rowsField('hosts', '--add-host', {
      rows: (draft) => (own(draft) ? draft.hosts : []),
      text: ({ name, address }: Host) => (name === '' && address === '' ? '' : `${name}:${address}`),
      read: (texts) => ({ hostadd: [...texts] }),
      require: requireHost,
      sample: { name: 'host', address: '192.0.2.1' },
    }),
    { group: 'network', fill: ({ inspect }) => ({ hosts: hostsOf(inspect.HostConfig['ExtraHosts']) }) },
  ),
]
