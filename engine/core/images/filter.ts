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

function toTest(database: Database, name: string, values: readonly string[]): Accepts {
  const any = (test: (value: string) => Accepts): Accepts => {
    const tests = values.map(test)
    return (candidate) => tests.some((accepts) => accepts(candidate))
  }
  switch (name) {
    case 'dangling':
      return any((value) => ({ names }) => (names.length === 0) === isTrue(name, value))
    case 'containers':
      return any((value) => ({ containers }) => containers > 0 === isTrue(name, value))
    case 'label':
      return ({ record }) => values.every((value) => matchesLabel(record.facts.labels ?? {}, value))
    case 'label!':
      return ({ record }) => values.every((value) => !matchesLabel(record.facts.labels ?? {}, value))
    case 'id':
      return any((value) => ({ record }) => record.id.startsWith(value.replace(/^sha256:/, '')))
    case 'digest':
      return any((value) => ({ record }) => record.facts.digests.some((digest) => digest.startsWith(value)))
    case 'reference':
      return any((value) => matchesReference(value))
    case 'before':
      return any((value) => createdBefore(Number(findImage(database, value).record.created)))
    case 'since':
    case 'after':
      return any((value) => createdAfter(Number(findImage(database, value).record.created)))
    case 'until':
      return any((value) => createdBefore(Number(parseMoment(value, 'until') / 1_000_000_000n)))
    // All our images are leaves, are writable, and are no lists.
    case 'intermediate':
    case 'readonly':
    case 'manifest':
      return any((value) => () => !isTrue(name, value))
    default:
      throw new EngineError('InvalidArgument', `There is no image filter "${name}": use dangling, reference, label, before, since, until, id, digest or containers.`, { details: { filter: name } })
  }
}

const createdBefore = (seconds: number): Accepts => ({ record }) => record.created < seconds
const createdAfter = (seconds: number): Accepts => ({ record }) => record.created > seconds

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
  const source = pattern.replace(/[.+^${}()|\\]/g, '\\$&').replaceAll('*', '[^/]*').replaceAll('?', '[^/]')
  try {
    return new RegExp(`^${source}$`)
  } catch {
    throw new EngineError('InvalidArgument', `The filter reference=${pattern} is not a valid pattern.`, { details: { filter: 'reference' } })
  }
}

function isTrue(name: string, value: string): boolean {
  if (/^(?:true|1|t)$/i.test(value)) return true
  if (/^(?:false|0|f)$/i.test(value)) return false
  throw new EngineError('InvalidArgument', `The filter ${name}=${value} is neither true nor false.`, { details: { filter: name } })
}
