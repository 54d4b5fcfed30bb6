import { Range, SemVer, valid } from 'semver'
import { EngineError } from '../../../errors/index.ts'

/** `v1.2`, `1.2.3-rc.1`: tags leave out parts, which the package does not. */
const versionPattern = /^v?(\d{1,15})(\.\d{1,15})?(\.\d{1,15})?([-+].*)?$/
const part = String.raw`(?:\d{1,15}|[xX*])`
const bound = String.raw`(=|!=|>=|=>|<=|=<|>|<|~>|~|\^)?\s*v?(${part}(?:\.${part}){0,2})(-[\dA-Za-z.-]+)?(?:\+[\dA-Za-z.-]+)?`
const boundPattern = new RegExp(`\\s*,?\\s*${bound}(?=[\\s,]|$)`, 'y')
const between = /(^|[\s,])(v?[\dxX*][\w.*+-]*)\s+-\s+(v?[\dxX*][\w.*+-]*)/g

/** Operators that skopeo knows by other names than npm. */
const synonyms: Readonly<Record<string, string>> = { '=>': '>=', '=<': '<=', '~>': '~', '!=': '=' }

/** A version as tags have it, its missing parts zero; nothing when the text is no version. */
export function parseVersion(text: string): SemVer | undefined {
  const [, major, minor = '.0', patch = '.0', rest = ''] = versionPattern.exec(text) ?? []
  const full = major === undefined ? null : valid(`${Number(major)}${minor}${patch}${rest}`, { loose: true })
  return full === null ? undefined : new SemVer(full)
}

/**
 * Reads a constraint such as `>= 1.2, < 3 || ~4.1`, as skopeo understands it (github.com/Masterminds/semver): blanks and commas are
 * "and", `||` is "or", missing parts and `x` are any. Other than with npm, versions before a release are meant wherever the
 * constraint names such a one, and there is `!=`.
 * @throws EngineError InvalidArgument
 */
export function parseConstraint(text: string): (version: SemVer) => boolean {
  const choices = text.split('||').map((each) => parseBounds(each, text))
  return (version) => choices.some((bounds) => bounds.every((fits) => fits(version)))
}

type Bound = (version: SemVer) => boolean

function parseBounds(text: string, whole: string): Bound[] {
  const plain = text.replace(between, '$1>=$2 <=$3').trim()
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

function boundOf([, operator = '', version = '', pre = '']: RegExpExecArray): Bound {
  const full = /^\d+\.\d+\.\d+$/.test(version)
  const range = new Range(`${synonyms[operator] ?? operator}${version}${full ? pre : ''}`, {
    includePrerelease: true,
    loose: true,
  })
  if (operator === '!=') return (found) => !range.test(found)
  // Named exactly, or by one before a release.
  if ((full && (operator === '' || operator === '=')) || pre !== '') return (found) => range.test(found)
  return (found) => found.prerelease.length === 0 && range.test(found)
}

const improper = (text: string): EngineError =>
  new EngineError('InvalidArgument', `improper constraint: ${text}`, { details: { constraint: text } })
