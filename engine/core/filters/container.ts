import { containerStates } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { restartPolicies } from '../../spec/restart-policy.ts'
import { allPods, type ContainerRecord, findContainer } from '../../store/index.ts'
import { shouldStartOnBoot } from '../containers/lifecycle/restart-policy.ts'
import { isLive, isOver } from '../containers/lifecycle/transitions.ts'
import type { Context } from '../context.ts'
import { findNetwork } from '../networks/find.ts'
import { warnOfDamage } from '../damaged-records.ts'
import { parseMoment } from '../time/moment.ts'
import { parseRfc3339 } from '../time/nanos.ts'
import { matchesLabel } from './label.ts'
import { pattern, patterns } from './pattern.ts'

type Test = (record: ContainerRecord) => boolean
/** Makes a test of all values given for one key; throws `InvalidArgument` for a wrong one. */
type MakeTest = (values: readonly string[], context: Context) => Test | Promise<Test>

/** As Go's strconv.ParseBool reads them. */
const booleans: Record<string, boolean> = Object.fromEntries([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((text) => [text, true]),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((text) => [text, false]),
])

const anyOf =
  (matches: (record: ContainerRecord, value: string) => boolean): MakeTest =>
  (values) =>
  (record) =>
    values.some((value) => matches(record, value))

const tests: Record<string, MakeTest> = {
  id: async (values) => {
    const ids = await Promise.all(
      values.map(async (value) =>
        /^[0-9a-f]+$/i.test(value) ? { test: (id: string) => id.startsWith(value.toLowerCase()) } : pattern(value, 'id'),
      ),
    )
    return ({ id }) => ids.some((each) => each.test(id))
  },
  name: async (values) => {
    const names = await patterns(
      values.map((value) => value.replace(/^\//, '')),
      'name',
    )
    return ({ name }) => names.some((each) => each.test(name))
  },
  label: (values) => (record) => values.every((value) => matchesLabel(record.config.labels, value)),
  'label!': (values) => (record) => !values.every((value) => matchesLabel(record.config.labels, value)),
  status: (values) => {
    for (const value of values)
      if (!(containerStates as readonly string[]).includes(value))
        throw invalid('status', `unknown container state: ${value}: invalid argument`)
    return ({ state: { status } }) =>
      values.some(
        (value) => status === (value === 'configured' ? 'created' : value) || (value === 'stopped' && status === 'exited'),
      )
  },
  exited: (values) => {
    for (const value of values)
      if (!/^\d{1,3}$/.test(value))
        throw invalid('exited', `The exit code "${value}" of the filter exited is not a number from 0 to 255.`)
    return (record) => isOver(record) && values.some((value) => record.state.exitCode === Number(value))
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
  network: networkTest,
  pod: podTest,
  health: anyOf((record, value) => healthOf(record) === value),
  'restart-policy': (values) => {
    for (const value of values)
      if (value !== '' && !(restartPolicies as readonly string[]).includes(value))
        throw invalid('restart-policy', `${value} invalid restart policy`)
    // As podman's: nobody's choice is not `no`.
    return ({ config }) => values.some((value) => config.restart.name === (value === 'never' ? 'no' : value))
  },
  'should-start-on-boot': (values) => {
    const wanted = values.map((value) => booleans[value])
    const wrong = values.find((value) => !Object.hasOwn(booleans, value))
    if (wrong !== undefined)
      throw invalid('should-start-on-boot', `The value "${wrong}" of the filter should-start-on-boot is neither true nor false.`)
    return (record) => wanted.includes(shouldStartOnBoot(record))
  },
  command: anyOf(({ config }, value) => config.command[0] === value),
}

/**
 * What `--filter` of `ps` means: values of one key are alternatives (labels: all of them), different keys must all hold.
 *
 * @throws EngineError `InvalidArgument` for an unknown key or a wrong value, `ContainerNotFound` for before and since.
 */
export async function containerFilter(context: Context, filters: Record<string, string[]>): Promise<Test> {
  const all: Test[] = []
  for (const [key, values] of Object.entries(filters)) {
    const make = Object.hasOwn(tests, key) ? tests[key] : undefined
    if (!make) throw invalid(key, `${key} is an invalid filter`)
    all.push(await make(values, context))
  }
  return (record) => all.every((test) => test(record))
}

/** As the list shows it: of one that runs. */
function healthOf(record: ContainerRecord): string | undefined {
  return isLive(record) ? record.state.health : undefined
}

/** By names or ids of networks, or by `container:NAME` whose network it has. What is no network matches nothing, as with podman. */
async function networkTest(values: readonly string[], context: Context): Promise<Test> {
  const names = new Set(values)
  const others = new Set<string>()
  for (const value of values) {
    const other = /^container:(.+)$/s.exec(value)?.[1]
    try {
      if (other !== undefined) others.add(findContainer(context.database, other).id)
      else if (/^[0-9a-f]+$/.test(value)) names.add((await findNetwork(context, value)).name)
    } catch (error) {
      if (!EngineError.is(error, 'NetworkNotFound', 'ContainerNotFound')) throw error
    }
  }
  return ({ config: { networks, namespaces } }) =>
    Object.keys(networks).some((name) => names.has(name)) ||
    (namespaces.net.mode === 'container' && others.has(namespaces.net.value ?? ''))
}

async function podTest(values: readonly string[], context: Context): Promise<Test> {
  const names = await patterns(values, 'pod')
  const pods = allPods(context.database, warnOfDamage(context)).filter(
    ({ id, name }) => values.some((value) => id.startsWith(value)) || names.some((each) => each.test(name)),
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
