import { EngineError } from '../../errors/index.ts'
import { type Database, type ImageName, type ImageRecord } from '../../store/index.ts'
import { matchesLabel } from '../filters/label.ts'
import { parseMoment } from '../time/moment.ts'
import { findImage } from './find.ts'
import { digestNames } from './names.ts'

/** An image with what filters look at. */
export interface Candidate {
  record: ImageRecord
  names: ImageName[]
  containers: number
}

type Accepts = (candidate: Candidate) => boolean

/**
 * A test for podman's image filters. Values of one filter are alternatives, except labels, which must all match.
 * @throws InvalidArgument for an unknown filter or value, ImageNotFound for one that names a missing image
 */
export function imageFilter(database: Database, filters: Readonly<Record<string, readonly string[]>>): Accepts {
  const tests = Object.entries(filters).map(([name, values]) => toTest(database, name, values))
  return (candidate) => tests.every((accepts) => accepts(candidate))
}

type Build = (database: Database, values: readonly string[], name: string) => Accepts

const any =
  (test: (value: string, database: Database, name: string) => Accepts): Build =>
  (database, values, name) => {
    const tests = values.map((value) => test(value, database, name))
    return (candidate) => tests.some((accepts) => accepts(candidate))
  }

/** All our images are leaves, can be removed, and are no lists. */
const never = any((value, _database, name) => () => !isTrue(name, value))
const after = any((value, database) => createdAfter(findImage(database, value).record.created))

const builders: Record<string, Build> = {
  dangling: any(
    (value, _database, name) =>
      ({ names }) =>
        (names.length === 0) === isTrue(name, value),
  ),
  containers: any(
    (value, _database, name) =>
      ({ containers }) =>
        containers > 0 === isTrue(name, value),
  ),
  label:
    (_database, values) =>
    ({ record }) =>
      values.every((value) => matchesLabel(record.facts.labels ?? {}, value)),
  'label!':
    (_database, values) =>
    ({ record }) =>
      values.every((value) => !matchesLabel(record.facts.labels ?? {}, value)),
  id: any(
    (value) =>
      ({ record }) =>
        record.id.startsWith(value.replace(/^sha256:/, '')),
  ),
  digest: any(
    (value) =>
      ({ record }) =>
        record.facts.digests.some((digest) => digest.startsWith(value)),
  ),
  reference: any((value) => matchesReference(value)),
  before: any((value, database) => createdBefore(findImage(database, value).record.created)),
  since: after,
  after,
  until: any((value) => createdBefore(Number(parseMoment(value, 'until') / 1_000_000_000n))),
  intermediate: never,
  readonly: never,
  manifest: never,
}

function toTest(database: Database, name: string, values: readonly string[]): Accepts {
  const build = Object.hasOwn(builders, name) ? builders[name] : undefined
  if (build) return build(database, values, name)
  throw new EngineError(
    'InvalidArgument',
    `There is no image filter "${name}": use dangling, reference, label, before, since, until, id, digest or containers.`,
    { details: { filter: name } },
  )
}

function createdBefore(seconds: number): Accepts {
  return ({ record }) => record.created < seconds
}
const createdAfter =
  (seconds: number): Accepts =>
  ({ record }) =>
    record.created > seconds

/** A name with `*`, `?` and `[…]`, full or without registry, with or without tag. */
function matchesReference(value: string): Accepts {
  const pattern = glob(value)
  return ({ names, record }) =>
    [...names.map(({ name }) => name), ...digestNames(names, record)].some((name) => {
      const withoutTag = name.replace(/(?:@.*|:[^:/]*)$/, '')
      return suffixes(name).some((each) => pattern.test(each)) || suffixes(withoutTag).some((each) => pattern.test(each))
    })
}

/** `a/b/c` as itself, as `b/c` and as `c`. */
function suffixes(name: string): string[] {
  const parts = name.split('/')
  return parts.map((_, i) => parts.slice(i).join('/'))
}

function glob(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
  try {
    return new RegExp(`^${source}$`)
  } catch {
    throw new EngineError('InvalidArgument', `The filter reference=${pattern} is not a valid pattern.`, {
      details: { filter: 'reference' },
    })
  }
}

function isTrue(name: string, value: string): boolean {
  if (/^(?:true|1|t)$/i.test(value)) return true
  if (/^(?:false|0|f)$/i.test(value)) return false
  throw new EngineError('InvalidArgument', `The filter ${name}=${value} is neither true nor false.`, {
    details: { filter: name },
  })
}
