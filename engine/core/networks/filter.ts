import type { NetworkInfo } from '../../adapters/netavark.ts'
import { EngineError } from '../../errors/index.ts'
import { matchesLabel } from '../filters/label.ts'
import { patterns } from '../filters/pattern.ts'
import { parseMoment } from '../time/moment.ts'
import { parseRfc3339 } from '../time/nanos.ts'

type Test = (network: NetworkInfo) => boolean
type MakeTest = (values: readonly string[], used: (name: string) => boolean) => Test | Promise<Test>

const tests: Record<string, MakeTest> = {
  name: async (values) => {
    const wanted = await patterns(values, 'name')
    return ({ name }) => wanted.some((each) => each.test(name))
  },
  id:
    (values) =>
    ({ id }) =>
      values.some((value) => id.startsWith(value)),
  driver:
    (values) =>
    ({ driver }) =>
      values.includes(driver),
  label:
    (values) =>
    ({ labels = {} }) =>
      values.every((value) => matchesLabel(labels, value)),
  'label!':
    (values) =>
    ({ labels = {} }) =>
      !values.every((value) => matchesLabel(labels, value)),
  until: (values) => {
    const moments = values.map((value) => parseMoment(value, 'the filter until'))
    return ({ created }) => moments.some((moment) => (parseRfc3339(created ?? '') ?? 0n) < moment)
  },
  dangling: (values, used) => {
    const wrong = values.find((value) => !/^(true|false|1|0)$/i.test(value))
    if (wrong !== undefined) throw invalid(`invalid dangling filter value ${JSON.stringify(wrong)}`, 'dangling')
    return ({ name }) => values.some((value) => /^(true|1)$/i.test(value) === !used(name))
  },
}

/** Filters of `network prune`: what is there but not these says so of itself. */
export const pruneFilters: readonly string[] = ['label', 'label!', 'until']

/**
 * What `--filter` of networks means; different keys must all hold.
 *
 * @param used whether a container, running or not, has a network.
 * @throws EngineError `InvalidArgument` for a key that is none of `allowed`, or a bad value.
 */
export async function networkFilter(
  filters: Readonly<Record<string, string[]>>,
  used: (name: string) => boolean,
  allowed: readonly string[] = Object.keys(tests),
): Promise<Test> {
  const made = await Promise.all(
    Object.entries(filters).map(async ([key, values]) => {
      const make = allowed.includes(key) ? tests[key] : undefined
      if (!make) throw invalid(`invalid filter ${JSON.stringify(key)}`, key)
      return make(values, used)
    }),
  )
  return (network) => made.every((test) => test(network))
}

function invalid(message: string, filter: string): EngineError {
  return new EngineError('InvalidArgument', message, { details: { filter } })
}
