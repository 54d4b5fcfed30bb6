import type { Input } from '../../../engine/contract/index.ts'
import { isAddress } from '../../../engine/spec/address.ts'
import { badValue } from '../../../engine/spec/bad-value.ts'
import { checkName } from '../../../engine/spec/name.ts'
import { checkPairName, parsePairs } from '../../../engine/spec/pair.ts'
import { argumentField, type Field, rowsField, switchField, textField } from '../../engine/fields/field.ts'
import { problemIn } from '../../i18n/problem.ts'

/** A name and its value. */
type Pair = Record<'name' | 'value', string>
/** A subnet and the gateway in it. */
type SubnetRow = Record<'subnet' | 'gateway', string>

export type NetworkDriver = 'bridge' | 'macvlan' | 'ipvlan'

/** A network as somebody is describing it. */
export interface NetworkDraft {
  name: string
  driver: NetworkDriver
  /** Of macvlan and ipvlan: the interface of the host that it is on. */
  parent: string
  subnets: readonly SubnetRow[]
  ipv6: boolean
  internal: boolean
  withoutDns: boolean
  isolate: boolean
  mtu: string
  labels: readonly Pair[]
}

export const emptyNetworkDraft: NetworkDraft = {
  name: '',
  driver: 'bridge',
  parent: '',
  subnets: [],
  ipv6: false,
  internal: false,
  withoutDns: false,
  isolate: false,
  mtu: '',
  labels: [],
}

type Request = Input<'network.create'>['body']
type NetworkField = Field<NetworkDraft, Request>

function isSubnet(text: string): boolean {
  const [address = '', bits = '', ...more] = text.split('/')
  if (more.length > 0 || !isAddress(address) || !/^\d{1,3}$/.test(bits)) return false
  return Number(bits) <= (address.includes(':') ? 128 : 32)
}

function requireSubnet({ subnet, gateway }: SubnetRow): void {
  if (!isSubnet(subnet)) throw badValue('Enter a subnet such as 10.89.1.0/24.')
  if (gateway !== '' && !isAddress(gateway)) throw badValue('Enter an address.')
}

const given = ({ subnets }: NetworkDraft): readonly SubnetRow[] =>
  subnets.filter(({ subnet, gateway }) => subnet !== '' || gateway !== '')

/** Two flags for each row: a gateway goes with the subnet at its place. */
const subnetsField: NetworkField = {
  name: 'subnets',
  flags: ['--subnet', '--gateway'],
  words: (draft) =>
    given(draft).flatMap(({ subnet, gateway }) => ['--subnet', subnet, ...(gateway === '' ? [] : ['--gateway', gateway])]),
  request: (draft) => {
    const rows = given(draft)
    if (rows.length === 0) return {}
    return { subnets: rows.map(({ subnet, gateway }) => ({ subnet, ...(gateway === '' ? {} : { gateway }) })) }
  },
  check: (draft) =>
    draft.subnets.map((row) => {
      if (row.subnet === '' && row.gateway === '') return undefined
      const message = problemIn(() => requireSubnet(row))
      if (message === undefined) return undefined
      return { message, cells: [isSubnet(row.subnet) ? 'gateway' : 'subnet'] }
    }),
}

/** Every field of a network's description. */
export const networkFields: readonly NetworkField[] = [
  textField('driver', '--driver', {
    text: ({ driver }) => (driver === 'bridge' ? '' : driver),
    read: (driver) => ({ driver }),
  }),
  textField('parent', '--interface-name', {
    text: ({ driver, parent }) => (driver === 'bridge' ? '' : parent.trim()),
    read: (text) => ({ network_interface: text }),
  }),
  subnetsField,
  switchField('ipv6', ['--ipv6'], ({ ipv6 }) => ipv6, { ipv6_enabled: true }),
  switchField('internal', ['--internal'], ({ internal }) => internal, { internal: true }),
  switchField('withoutDns', ['--disable-dns'], ({ withoutDns }) => withoutDns, { dns_enabled: false }),
  switchField('isolate', ['--opt', 'isolate=true'], ({ driver, isolate }) => driver === 'bridge' && isolate, {
    options: { isolate: 'true' },
  }),
  {
    name: 'mtu',
    flags: ['--opt'],
    words: ({ mtu }) => (mtu.trim() === '' ? [] : ['--opt', `mtu=${mtu.trim()}`]),
    request: ({ mtu }) => (mtu.trim() === '' ? {} : { options: { mtu: mtu.trim() } }),
    check: ({ mtu }) =>
      problemIn(() => {
        if (mtu.trim() !== '' && !/^[1-9]\d{2,4}$/.test(mtu.trim())) throw badValue('Enter a number of bytes, such as 1500.')
      }),
  },
  rowsField<NetworkDraft, Pair, Request>('labels', '--label', {
    rows: ({ labels }) => labels,
    text: ({ name, value }) => (name === '' && value === '' ? '' : `${name}=${value}`),
    read: (texts) => ({ labels: parsePairs(texts, 'label') }),
    require: ({ name }) => {
      if (name === '') throw badValue('Enter a label.')
      checkPairName(name, 'label')
    },
    sample: { name: 'a', value: '' },
  }),
  argumentField<NetworkDraft, Request>('name', {
    words: ({ name }) => (name === '' ? [] : [name]),
    request: ({ name }) => (name === '' ? {} : { name }),
    require: ({ name }) => {
      if (name !== '') checkName(name)
    },
  }),
]
