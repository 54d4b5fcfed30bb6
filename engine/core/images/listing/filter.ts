import { EngineError } from '../../../errors/index.ts'
import { globMatcher } from '../../../lib/files/glob.ts'
import { type Database, type ImageName, type ImageRecord } from '../../../store/index.ts'
import { matchesLabel } from '../../filters/label.ts'
import { parseMoment } from '../../time/moment.ts'
import { type FoundImage, lookUpImage } from '../resolve/find.ts'
import { digestNames } from '../resolve/names.ts'

/** An image with the facts that filters need. */
export interface Candidate {
  record: ImageRecord
  names: readonly ImageName[]
  containers: number
  /** Whether another image was made from it. */
  readonly children?: boolean
  /** In a store that others share. */
  readonly readOnly?: boolean
}

type Accepts = (candidate: Candidate) => boolean

/** Whether it is dangling: it has no name and no image was made from it. */
export function isDangling({ names, children }: Candidate): boolean {
  return names.length === 0 && children !== true
}

/**
 * A test for podman's image filters. All of them must match, and of one filter all values, except references, which are
 * alternatives; `NAME!` is what none of its values match.
 * @throws InvalidArgument for an unknown filter or value, or for both true and false; ImageNotFound for one that names a missing image
 */
export function imageFilter(database: Database, filters: Readonly<Record<string, readonly string[]>>): Accepts {
  const tests = Object.entries(filters).map(([name, values]) => toTest(database, name, values))
  return (candidate) => tests.every((accepts) => accepts(candidate))
}

type Build = (database: Database, value: string, name: string) => Accepts

const created =
  (isRight: (created: number, than: number) => boolean): Build =>
  (database, value, name) => {
    const than = imageOf(database, value, name).record.created
    return ({ record }) => isRight(record.created, than)
  }
const flags = ['dangling', 'containers', 'intermediate', 'readonly', 'manifest']
const flag =
  (isSo: (candidate: Candidate) => boolean): Build =>
  (_database, value, name) => {
    const wanted = isTrue(name, value)
    return (candidate) => isSo(candidate) === wanted
  }
const after = created((own, than) => own > than)

const builders: Record<string, Build> = {
  dangling: flag(isDangling),
  containers: flag(({ containers }) => containers > 0),
  intermediate: flag(({ names, children }) => names.length === 0 && children === true),
  readonly: flag(({ readOnly }) => readOnly === true),
  manifest: flag(({ record }) => record.facts.list !== undefined),
  label:
    (_database, value) =>
    ({ record }) =>
      matchesLabel(record.facts.labels ?? {}, value),
  id:
    (_database, value) =>
    ({ record }) =>
      record.id.startsWith(value.replace(/^sha256:/, '')),
  digest: (_database, value) => {
    if (!/^sha\d+:/.test(value)) {
      throw new EngineError(
        'InvalidArgument',
        `The filter digest=${value} is not a digest: give one, or its beginning with sha256:.`,
        {
          details: { filter: 'digest' },
        },
      )
    }
    return ({ record }) => record.facts.digests.some((digest) => digest.startsWith(value))
  },
  reference: matchesReference,
  before: created((own, than) => own < than),
  since: after,
  after,
  until: (_database, value) => {
    const seconds = Number(parseMoment(value, 'until') / 1_000_000_000n)
    return ({ record }) => record.created < seconds
  },
}

function imageOf(database: Database, value: string, name: string): FoundImage {
  const found = lookUpImage(database, value)
  if (found) return found
  throw new EngineError(
    'ImageNotFound',
    `could not find local image for filter "${name}"="${value}": ${value}: image not known`,
    {
      details: { name: value },
    },
  )
}

function toTest(database: Database, name: string, values: readonly string[]): Accepts {
  const positive = name.replace(/!$/, '')
  const build = Object.hasOwn(builders, positive) ? builders[positive] : undefined
  if (!build) throw unknownFilter(name)
  if (flags.includes(name) && new Set(values.map((value) => isTrue(name, value))).size > 1) {
    throw new EngineError('InvalidArgument', `The filter ${name} is both true and false: give one of them.`, {
      details: { filter: name },
    })
  }
  const tests = values.map((value) => build(database, value, positive))
  if (name !== positive) return (candidate) => !tests.some((accepts) => accepts(candidate))
  if (name === 'reference') return (candidate) => tests.some((accepts) => accepts(candidate))
  return (candidate) => tests.every((accepts) => accepts(candidate))
}

function unknownFilter(name: string): EngineError {
  const all = Object.keys(builders)
    .filter((each) => each !== 'after')
    .join(', ')
  return new EngineError('InvalidArgument', `There is no image filter "${name}": use one of ${all}.`, {
    details: { filter: name },
  })
}

/** A name with `*`, `?` and `[…]`, full or without registry, with or without tag; or any other reference to one image. */
function matchesReference(database: Database, value: string): Accepts {
  const pattern = glob(value)
  const id = idOf(database, value)
  return ({ names, record }) =>
    record.id === id ||
    [...names.map(({ name }) => name), ...digestNames(names, record)].some((name) => {
      const withoutTag = name.replace(/(?:@.*|:[^:/]*)$/, '')
      return [...suffixes(name), ...suffixes(withoutTag)].some(pattern)
    })
}

/** Of the image that a command would take by this name. */
function idOf(database: Database, value: string): string | undefined {
  try {
    return lookUpImage(database, value)?.record.id
  } catch (error) {
    if (EngineError.is(error, 'NameAmbiguous')) return undefined
    throw error
  }
}

/** `a/b/c` as itself, as `b/c` and as `c`. */
function suffixes(name: string): string[] {
  const parts = name.split('/')
  return parts.map((_, i) => parts.slice(i).join('/'))
}

function glob(pattern: string): (text: string) => boolean {
  try {
    return globMatcher(pattern, { letters: true, path: true })
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
