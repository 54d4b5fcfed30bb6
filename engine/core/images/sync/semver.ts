import { EngineError } from '../../../errors/index.ts'

/** A version as tags have it: `v1.2`, `1.2.3-rc.1`. Missing parts are zero. */
export interface Version {
  numbers: readonly [number, number, number]
  pre: readonly string[]
}

interface Bound {
  operator: string
  version: Version
  /** How many parts were given; the others stand for any. */
  given: number
}

const versionPattern =
  /^v?(\d{1,15})(?:\.(\d{1,15}))?(?:\.(\d{1,15}))?(?:-([\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*))?(?:\+[\dA-Za-z.-]+)?$/
const part = String.raw`(?:\d{1,15}|[xX*])`
const bound = String.raw`(=|!=|>=|=>|<=|=<|>|<|~>|~|\^)?\s*v?(${part})(?:\.(${part}))?(?:\.(${part}))?(?:-([\dA-Za-z.-]+))?(?:\+[\dA-Za-z.-]+)?`
const boundPattern = new RegExp(`\\s*,?\\s*${bound}(?=[\\s,]|$)`, 'y')
const rangePattern = /(^|[\s,])(v?[\dxX*][\w.*+-]*)\s+-\s+(v?[\dxX*][\w.*+-]*)/g

/** @returns nothing when the text is no version. */
export function parseVersion(text: string): Version | undefined {
  const [, major, minor, patch, pre] = versionPattern.exec(text) ?? []
  if (major === undefined) return undefined
  return { numbers: [Number(major), Number(minor ?? 0), Number(patch ?? 0)], pre: pre?.split('.') ?? [] }
}

/**
 * Reads a constraint such as `>= 1.2, < 3 || ~4.1`, as skopeo understands it: blanks and commas are "and", `||` is "or", missing
 * parts and `x` are any. Versions before a release are meant only where the constraint names such a one.
 * @throws EngineError InvalidArgument
 */
export function parseConstraint(text: string): (version: Version) => boolean {
  const choices = text.split('||').map((each) => parseBounds(each, text))
  return (version) => choices.some((bounds) => bounds.every((each) => fits(version, each)))
}

function parseBounds(text: string, whole: string): Bound[] {
  const plain = text.replace(rangePattern, '$1>=$2 <=$3').trim()
  const bounds: Bound[] = []
  let at = 0
  while (at < plain.length) {
    boundPattern.lastIndex = at
    const match = boundPattern.exec(plain)
    if (!match) throw improper(whole)
    bounds.push(boundOf(match))
    at = boundPattern.lastIndex
  }
  if (bounds.length === 0) throw improper(whole)
  return bounds
}

function boundOf([, operator = '', major = '', minor, patch, pre]: RegExpExecArray): Bound {
  const parts = [major, minor, patch]
  const any = parts.findIndex((each) => each === undefined || /^[xX*]$/.test(each))
  const given = any < 0 ? 3 : any
  const number = (i: number): number => (i < given ? Number(parts[i]) : 0)
  return { operator, version: { numbers: [number(0), number(1), number(2)], pre: pre?.split('.') ?? [] }, given }
}

const improper = (text: string): EngineError =>
  new EngineError('InvalidArgument', `improper constraint: ${text}`, { details: { constraint: text } })

function fits(version: Version, each: Bound): boolean {
  const { operator, version: limit, given } = each
  if (operator === '!=') return given === 3 ? compareVersions(version, limit) !== 0 : !sameParts(version, limit, given)
  const equal = operator === '' || operator === '='
  if (equal && given === 3) return compareVersions(version, limit) === 0
  if (version.pre.length > 0 && limit.pre.length === 0) return false
  const order = compareVersions(version, limit)
  switch (operator) {
    case '>':
      return given === 3 ? order > 0 : order > 0 && !sameParts(version, limit, given)
    case '<':
      return order < 0
    case '>=':
    case '=>':
      return order >= 0
    case '<=':
    case '=<':
      return order <= 0 || (given < 3 && sameParts(version, limit, given))
    case '^':
      return order >= 0 && sameParts(version, limit, significant(limit, given))
    default:
      // `~`, `~>` and what is not given in full: the patch, or what was left out, may be another.
      return order >= 0 && sameParts(version, limit, Math.min(given, 2))
  }
}

/** How many parts `^` keeps: up to the first that is not zero. */
function significant({ numbers }: Version, given: number): number {
  const first = numbers.findIndex((each) => each !== 0)
  return Math.min(given, first < 0 ? 3 : first + 1)
}

const sameParts = (a: Version, b: Version, count: number): boolean =>
  a.numbers.slice(0, count).every((each, i) => each === b.numbers[i])

/** By semver.org, item 11. */
export function compareVersions(a: Version, b: Version): number {
  const different = a.numbers.findIndex((each, i) => each !== b.numbers[i])
  if (different >= 0) return a.numbers[different]! - b.numbers[different]!
  if (a.pre.length === 0 || b.pre.length === 0) return b.pre.length - a.pre.length
  for (let i = 0; i < Math.max(a.pre.length, b.pre.length); i++) {
    const order = comparePart(a.pre[i], b.pre[i])
    if (order !== 0) return order
  }
  return 0
}

function comparePart(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1
  const [aNumber, bNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (aNumber && bNumber) return Number(a) - Number(b)
  if (aNumber !== bNumber) return aNumber ? -1 : 1
  return a < b ? -1 : 1
}
