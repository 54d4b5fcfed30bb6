import { containerStates, PodState } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import type { PodWithMembers } from '../pods/members.ts'
import { stateOf } from '../pods/state.ts'
import { parseMoment } from '../time/moment.ts'
import { parseRfc3339 } from '../time/nanos.ts'
import { matchesLabel } from './label.ts'
import { patterns } from './pattern.ts'

type Test = (found: PodWithMembers) => boolean

const podStates: readonly string[] = PodState.options.map((state) => state.toLowerCase())

const anyOf =
  (matches: (found: PodWithMembers, value: string) => boolean) =>
  (values: readonly string[]): Test =>
  (found) =>
    values.some((value) => matches(found, value))

const tests: Record<string, (values: readonly string[]) => Test | Promise<Test>> = {
  id: anyOf(({ pod }, value) => pod.id.startsWith(value.toLowerCase())),
  name: async (values) => {
    const names = await patterns(values, 'name')
    return ({ pod }) => names.some((each) => each.test(pod.name))
  },
  label:
    (values) =>
    ({ pod }) =>
      values.every((value) => matchesLabel(pod.config.labels, value)),
  'label!':
    (values) =>
    ({ pod }) =>
      !values.every((value) => matchesLabel(pod.config.labels, value)),
  status: (values) => {
    for (const value of values)
      if (!podStates.includes(value.toLowerCase())) throw invalid('status', `${value} is not a valid pod status`)
    return ({ members }) => values.some((value) => stateOf(members).toLowerCase() === value.toLowerCase())
  },
  'ctr-names': async (values) => {
    const names = await patterns(values, 'ctr-names')
    return ({ members }) => members.some(({ name }) => names.some((each) => each.test(name)))
  },
  'ctr-ids': anyOf(({ members }, value) => members.some(({ id }) => id.startsWith(value))),
  'ctr-number': anyOf(({ members }, value) => members.length === Number(value)),
  'ctr-status': (values) => {
    for (const value of values)
      if (!(containerStates as readonly string[]).includes(value)) throw invalid('ctr-status', `${value} is not a valid status`)
    return ({ members }) => members.some(({ state }) => values.includes(state.status))
  },
  network: anyOf(({ members }, value) => members.some(({ config }) => Object.hasOwn(config.networks, value))),
  until: (values) => {
    const moments = values.map((value) => parseMoment(value, 'the filter until'))
    return ({ pod }) => moments.every((moment) => (parseRfc3339(pod.created) ?? 0n) < moment)
  },
}

/** What `--filter` of `pod ps` means; as with containers. @throws EngineError `InvalidArgument`. */
export async function podFilter(filters: Record<string, string[]>): Promise<Test> {
  const all: Test[] = []
  for (const [key, values] of Object.entries(filters)) {
    const make = Object.hasOwn(tests, key) ? tests[key] : undefined
    if (!make) throw invalid(key, `${key} is an invalid filter`)
    all.push(await make(values))
  }
  return (found) => all.every((test) => test(found))
}

function invalid(filter: string, message: string): EngineError {
  return new EngineError('InvalidArgument', message, { details: { filter } })
}
