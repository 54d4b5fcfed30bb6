import { EngineError } from '../../errors/index.ts'
import { type VolumeRecord, volumeUsers } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { matchesLabel } from '../filters/label.ts'
import { patterns } from '../filters/pattern.ts'
import { parseMoment } from '../time/moment.ts'
import { findVolume } from './find.ts'

type Test = (volume: VolumeRecord) => boolean
type Filters = Readonly<Record<string, readonly string[]>>
type Filter = (values: readonly string[], context: Context) => Test | Promise<Test>

const after: Filter = (values, context) => {
  const moments = values.map((value) => findVolume(context, value).created)
  return ({ created }) => moments.some((moment) => created > moment)
}

/** Filters of a prune, which all others share. */
const ofPrune: Readonly<Record<string, Filter>> = {
  label:
    (values) =>
    ({ config }) =>
      values.every((value) => matchesLabel(config.labels, value)),
  'label!':
    (values) =>
    ({ config }) =>
      !values.some((value) => matchesLabel(config.labels, value)),
  until: (values) => {
    const moments = values.map((value) => parseMoment(value, 'until') / 1_000_000n)
    return ({ created }) => moments.some((moment) => BigInt(Date.parse(created)) < moment)
  },
  after,
  since: after,
}

const ofList: Readonly<Record<string, Filter>> = {
  ...ofPrune,
  name: async (values) => {
    const names = await patterns(values, 'name')
    return ({ name }) => names.some((each) => each.test(name))
  },
  driver:
    (values) =>
    ({ config }) =>
      values.includes(config.driver),
  scope: (values) => () => values.includes('local'),
  opt:
    (values) =>
    ({ config }) =>
      values.every((value) => matchesLabel(config.options, value)),
  dangling: (values, context) => {
    const wanted = values.map((value) => {
      if (/^(?:true|1|t)$/i.test(value)) return true
      if (/^(?:false|0|f)$/i.test(value)) return false
      throw new EngineError(
        'InvalidArgument',
        `${JSON.stringify(value)} is not a valid value for the "dangling" filter - must be true or false`,
        { details: { filter: 'dangling' } },
      )
    })
    return ({ name }) => wanted.includes(volumeUsers(context.database, name).length === 0)
  },
}

/** What the filters of a list accept; different filters must all hold. @throws EngineError `InvalidArgument`, with podman's message. */
export const listFilter = (context: Context, filters: Filters): Promise<Test> => filterOf(ofList, context, filters)

/** What the filters of a prune accept. @throws EngineError `InvalidArgument`, with podman's message. */
export const pruneFilter = (context: Context, filters: Filters): Promise<Test> => filterOf(ofPrune, context, filters)

async function filterOf(known: Readonly<Record<string, Filter>>, context: Context, filters: Filters): Promise<Test> {
  const tests = await Promise.all(
    Object.entries(filters).map(async ([name, values]) => {
      if (Object.hasOwn(known, name)) return known[name]!(values, context)
      throw new EngineError('InvalidArgument', `${JSON.stringify(name)} is an invalid volume filter`, {
        details: { filter: name },
      })
    }),
  )
  return (volume) => tests.every((test) => test(volume))
}
