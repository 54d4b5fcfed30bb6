import type { ContainerState } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { allPods, type ContainerRecord, findContainer } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { parseMoment } from '../time/moment.ts'
import { parseRfc3339 } from '../time/nanos.ts'
import { matchesLabel } from './label.ts'
import { pattern } from './pattern.ts'

type Test = (record: ContainerRecord) => boolean
/** Makes a test of all values given for one key; throws `InvalidArgument` for a wrong one. */
type MakeTest = (values: readonly string[], context: Context) => Test

const states = [
  'unknown',
  'configured',
  'created',
  'initialized',
  'running',
  'stopped',
  'paused',
  'exited',
  'removing',
  'stopping',
] as const satisfies readonly ContainerState[]
const policies = ['', 'no', 'always', 'on-failure', 'unless-stopped']

const anyOf =
  (matches: (record: ContainerRecord, value: string) => boolean): MakeTest =>
  (values) =>
  (record) =>
    values.some((value) => matches(record, value))

const tests: Record<string, MakeTest> = {
  id: (values) => {
    const patterns = values.map((value) =>
      /^[0-9a-f]+$/i.test(value) ? { test: (id: string) => id.startsWith(value.toLowerCase()) } : pattern(value, 'id'),
    )
    return ({ id }) => patterns.some((each) => each.test(id))
  },
  name: (values) => {
    const patterns = values.map((value) => pattern(value.replace(/^\//, ''), 'name'))
    return ({ name }) => patterns.some((each) => each.test(name))
  },
  label: (values) => (record) => values.every((value) => matchesLabel(record.config.labels, value)),
  'label!': (values) => (record) => !values.every((value) => matchesLabel(record.config.labels, value)),
  status: (values) => {
    for (const value of values)
      if (!(states as readonly string[]).includes(value))
        throw invalid('status', `unknown container state: ${value}: invalid argument`)
    return (record) => values.some((value) => record.state.status === (value === 'configured' ? 'created' : value))
  },
  exited: (values) => {
    for (const value of values)
      if (!/^\d{1,3}$/.test(value))
        throw invalid('exited', `The exit code "${value}" of the filter exited is not a number from 0 to 255.`)
    return ({ state }) =>
      (state.status === 'exited' || state.status === 'stopped') && values.some((value) => state.exitCode === Number(value))
  },
  ancestor: anyOf(isAncestor),
  before: (values, context) => {
    const before = values.map((value) => findContainer(context.database, value).created)
    return ({ created }) => before.some((other) => isEarlier(created, other))
  },
  since: (values, context) => {
    const since = values.map((value) => findContainer(context.database, value).created)
    return ({ created }) => since.some((other) => isEarlier(other, created))
  },
  until: (values) => {
    const moments = values.map((value) => parseMoment(value, 'the filter until'))
    return ({ created }) => moments.every((moment) => (parseRfc3339(created) ?? 0n) < moment)
  },
  volume: anyOf(mountsVolume),
  network: anyOf(({ config }, value) => Object.hasOwn(config.networks, value) || config.namespaces.net.mode === value),
  pod: podTest,
  health: (values) => {
    return () => values.includes('none')
  },
  'restart-policy': (values) => {
    for (const value of values) if (!policies.includes(value)) throw invalid('restart-policy', `${value} invalid restart policy`)
    return ({ config }) => values.some((value) => (config.restart.name || 'no') === (value || 'no'))
  },
  command: anyOf(({ config }, value) => config.command[0] === value),
}

/**
 * What `--filter` of `ps` means: values of one key are alternatives (labels: all of them), different keys must all hold.
 *
 * @throws EngineError `InvalidArgument` for an unknown key or a wrong value, `ContainerNotFound` for before and since.
 */
export function containerFilter(context: Context, filters: Record<string, string[]>): Test {
  const all = Object.entries(filters).map(([key, values]) => {
    const make = Object.hasOwn(tests, key) ? tests[key] : undefined
    if (!make) throw invalid(key, `${key} is an invalid filter`)
    return make(values, context)
  })
  return (record) => all.every((test) => test(record))
}

function podTest(values: readonly string[], context: Context): Test {
  const pods = allPods(context.database).filter(({ id, name }) =>
    values.some((value) => id.startsWith(value) || pattern(value, 'pod').test(name)),
  )
  const ids = new Set(pods.map(({ id }) => id))
  return ({ pod }) => pod !== null && ids.has(pod)
}

/** By id (or its beginning), by the whole name, by the name without `:latest`, or by its last part. */
function isAncestor({ config: { image } }: ContainerRecord, value: string): boolean {
  if (image === null) return false
  if (/^(sha256:)?[0-9a-f]{12,64}$/.test(value) && image.id.startsWith(value.replace('sha256:', ''))) return true
  const names = [image.name, image.name.replace(/:latest$/, '')]
  return names.some((name) => name === value || name.endsWith(`/${value}`))
}

/** A volume's name or a mount's destination, or `source:destination`. */
function mountsVolume({ config }: ContainerRecord, value: string): boolean {
  const [source = '', destination] = value.split(':')
  return config.mounts.some((mount) => {
    const isSource = mount.volume === source || mount.source === source
    return destination === undefined ? isSource || mount.destination === source : isSource && mount.destination === destination
  })
}

function isEarlier(one: string, other: string): boolean {
  return (parseRfc3339(one) ?? 0n) < (parseRfc3339(other) ?? 0n)
}

function invalid(filter: string, message: string): EngineError {
  return new EngineError('InvalidArgument', message, { details: { filter } })
}
