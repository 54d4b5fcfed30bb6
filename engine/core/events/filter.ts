import { EngineError } from '../../errors/index.ts'
import type { EventLine } from '../../store/index.ts'
import { matchesLabel } from '../filters/label.ts'

type Test = (event: EventLine, value: string) => boolean

const named =
  (type: EventLine['Type']): Test =>
  (event, value) =>
    event.Type === type && isNamed(event, value)

/** Docker says `die` and `destroy` where podman says `died` and `remove`. */
const statuses: Record<string, string> = { die: 'died', destroy: 'remove' }

const tests: Record<string, Test> = {
  container: named('container'),
  image: (event, value) =>
    event.Type === 'image' ? isNamed(event, value) : event.Image === value || event.Image.startsWith(`${value}:`),
  pod: (event, value) =>
    event.Type === 'pod' ? isNamed(event, value) : event.PodID !== undefined && event.PodID.startsWith(value),
  volume: named('volume'),
  network: named('network'),
  secret: named('secret'),
  event: (event, value) => event.Status === (statuses[value] ?? value),
  type: (event, value) => event.Type === value,
  label: (event, value) => matchesLabel(event.Attributes ?? {}, value),
}

/**
 * What `--filter` of events means: values of one key are alternatives, different keys must all hold.
 *
 * @throws EngineError `InvalidArgument` for a key that is not a filter.
 */
export function eventFilter(filters: Record<string, string[]>): (event: EventLine) => boolean {
  const wanted = Object.entries(filters).map(([key, values]) => {
    const test = Object.hasOwn(tests, key) ? tests[key] : undefined
    if (!test)
      throw new EngineError('InvalidArgument', `failed to parse event filters: ${key} is an invalid filter`, {
        details: { filter: key },
      })
    return { test, values }
  })
  return (event) => wanted.every(({ test, values }) => values.length === 0 || values.some((value) => test(event, value)))
}

function isNamed(event: EventLine, value: string): boolean {
  return event.Name === value || (value !== '' && event.ID.startsWith(value))
}
