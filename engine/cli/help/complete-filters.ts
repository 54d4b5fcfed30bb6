import { containerStates, PodState } from '../../contract/index.ts'
import type { Candidate } from './candidate.ts'

const booleans = ['true', 'false']
const states = containerStates.filter((state) => state !== 'unknown')
const podStates = PodState.options.map((state) => state.toLowerCase())

/** Keys of filters with those of their values that are known, by the command. */
const filters: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  ps: {
    ...{
      ancestor: [],
      before: [],
      command: [],
      exited: [],
      health: ['healthy', 'unhealthy', 'starting', 'none'],
      id: [],
      label: [],
      name: [],
    },
    ...{
      network: [],
      pod: [],
      'restart-policy': ['no', 'always', 'on-failure', 'unless-stopped'],
      'should-start-on-boot': booleans,
    },
    ...{ since: [], status: states, until: [], volume: [] },
  },
  images: {
    ...{
      before: [],
      containers: booleans,
      dangling: booleans,
      digest: [],
      id: [],
      intermediate: booleans,
      label: [],
      manifest: booleans,
    },
    ...{ readonly: booleans, reference: [], since: [], until: [] },
  },
  'pod ps': {
    'ctr-ids': [],
    'ctr-names': [],
    'ctr-number': [],
    'ctr-status': states,
    id: [],
    label: [],
    name: [],
    network: [],
    status: podStates,
    until: [],
  },
  'network ls': { dangling: booleans, driver: ['bridge', 'macvlan', 'ipvlan'], id: [], label: [], name: [], until: [] },
  'volume ls': {
    after: [],
    anonymous: booleans,
    dangling: booleans,
    driver: [],
    label: [],
    name: [],
    opt: [],
    scope: [],
    since: [],
    until: [],
  },
  'secret ls': { id: [], name: [] },
  events: {
    container: [],
    event: [],
    image: [],
    label: [],
    network: [],
    pod: [],
    type: ['container', 'image', 'network', 'pod', 'secret', 'system', 'volume'],
    volume: [],
  },
}

/** `KEY=` of a command's filters, or `KEY=VALUE` once the key is there. */
export function filterWords(command: string, current: string): Candidate[] {
  const keys = filters[command] ?? filters['ps']
  if (!keys) return []
  const [key = ''] = current.split('=', 1)
  if (!current.includes('=')) return Object.keys(keys).map((each) => [`${each}=`] as const)
  return (Object.hasOwn(keys, key) ? (keys[key] ?? []) : []).map((value) => [`${key}=${value}`] as const)
}
