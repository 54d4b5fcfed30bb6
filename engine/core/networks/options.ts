import { EngineError } from '../../errors/index.ts'
import { dockerNetworkOptions, type networkOptionNames } from '../../spec/network-option-names.ts'

type Check = (value: string, name: string) => string

function bad(message: string, option: string): EngineError {
  return new EngineError('InvalidArgument', message, { details: { field: 'options', option } })
}

const number =
  (most: number): Check =>
  (value, name) => {
    if (/^\d{1,10}$/.test(value) && Number(value) <= most) return value
    throw bad(`The option ${name} of a network is a number from 0 to ${most}, not ${JSON.stringify(value)}.`, name)
  }

const yes = ['1', 't', 'T', 'true', 'True', 'TRUE']
const no = ['0', 'f', 'F', 'false', 'False', 'FALSE']

const flag: Check = (value, name) => {
  if (yes.includes(value)) return 'true'
  if (no.includes(value)) return 'false'
  throw bad(`The option ${name} of a network is true or false, not ${JSON.stringify(value)}.`, name)
}

const one =
  (...values: string[]): Check =>
  (value, name) => {
    if (values.includes(value)) return value
    throw bad(`The option ${name} of such a network is one of ${values.join(', ')}, not ${JSON.stringify(value)}.`, name)
  }

const text: Check = (value, name) => {
  if (/^[A-Za-z0-9][\w.-]{0,14}$/.test(value)) return value
  throw bad(`The option ${name} of a network is the name of an interface, not ${JSON.stringify(value)}.`, name)
}

const shared = { mtu: number(65_536), metric: number(4_294_967_295), no_default_route: flag }

type Names = typeof networkOptionNames

/** What each option may say, by driver. */
const checks: { [D in keyof Names]: Record<Names[D][number], Check> } = {
  bridge: {
    ...shared,
    vlan: number(4094),
    isolate: (value, name) => (value === 'strict' ? value : flag(value, name)),
    vrf: text,
    mode: one('managed', 'unmanaged'),
  },
  macvlan: { ...shared, parent: text, mode: one('bridge', 'private', 'vepa', 'passthru'), bclim: number(2_147_483_647) },
  ipvlan: { ...shared, parent: text, mode: one('l2', 'l3', 'l3s') },
}

const options: Readonly<Record<string, Record<string, Check>>> = checks

/** Drivers that need no program of their own. */
export const networkDrivers: readonly string[] = Object.keys(options)

/**
 * The options of a network in netavark's form; drivers of their own check theirs themselves.
 *
 * @throws EngineError `InvalidArgument`
 */
export function networkOptions(driver: string, given: Readonly<Record<string, string>>): Record<string, string> {
  const known = options[driver]
  if (!known) return { ...given }
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => {
      const name = dockerNetworkOptions[key] ?? key
      const check = Object.hasOwn(known, name) ? known[name] : undefined
      if (!check) throw bad(`unsupported ${driver} network option ${key}: use one of ${Object.keys(known).join(', ')}`, key)
      return [name, check(value, name)]
    }),
  )
}
