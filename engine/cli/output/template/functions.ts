import { goJson } from '../go-json.ts'
import { inGo } from './go-struct.ts'
import { printf } from './printf.ts'
import type { TemplateError } from './tree.ts'
import { goString, isMap, isTrue, typeName } from './values.ts'

type Kind = 'any' | 'string' | 'int' | 'strings'

interface TemplateFunction {
  /** Of each argument; the last one's again for more where `more` is set. */
  args: readonly Kind[]
  more?: true
  // Arguments are checked by their kinds above.
  // oxlint-disable-next-line typescript/no-explicit-any
  call: (...values: any[]) => unknown
}

/** What a function says of its arguments: told as `error calling NAME: …`. */
class CallError extends Error {}

const builtIn = (args: readonly Kind[], call: TemplateFunction['call'], more?: true): TemplateFunction =>
  more ? { args, call, more } : { args, call }

/** Functions of templates: Go's own, and those that podman adds. */
const functions: Readonly<Record<string, TemplateFunction>> = {
  and: builtIn(['any'], () => undefined, true),
  or: builtIn(['any'], () => undefined, true),
  not: builtIn(['any'], (value) => !isTrue(value)),
  eq: builtIn(['any', 'any'], eq, true),
  ne: builtIn(['any', 'any'], (a, b) => !eq(a, b)),
  lt: builtIn(['any', 'any'], (a, b) => compare(a, b) < 0),
  le: builtIn(['any', 'any'], (a, b) => compare(a, b) <= 0),
  gt: builtIn(['any', 'any'], (a, b) => compare(a, b) > 0),
  ge: builtIn(['any', 'any'], (a, b) => compare(a, b) >= 0),
  len: builtIn(['any'], lengthOf),
  index: builtIn(['any', 'any'], (value: unknown, ...keys: unknown[]) => keys.reduce(at, value), true),
  slice: builtIn(['any', 'int'], slice, true),
  print: builtIn(['any'], print, true),
  println: builtIn(['any'], (...values) => `${values.map((each) => goString(each)).join(' ')}\n`, true),
  printf: builtIn(['string', 'any'], (format: string, ...values) => printf(format, values), true),
  html: builtIn(['any'], (...values) => escapeHtml(print(...values)), true),
  js: builtIn(['any'], (...values) => escapeScript(print(...values)), true),
  urlquery: builtIn(['any'], (...values) => queryEscape(print(...values)), true),
  call: builtIn(['any'], (called) => {
    throw new CallError(typeof called === 'function' ? 'no function can be called' : `non-function of type ${typeName(called)}`)
  }),
  json: builtIn(['any'], (value) => goJson(value, 0)),
  lower: builtIn(['string'], (text: string) => text.toLowerCase()),
  upper: builtIn(['string'], (text: string) => text.toUpperCase()),
  title: builtIn(['string'], (text: string) => text.replace(/(?<![\p{L}\p{N}_'’])\p{L}/gu, (letter) => letter.toUpperCase())),
  join: builtIn(['strings', 'string'], (list: string[], separator: string) => list.join(separator)),
  split: builtIn(['string', 'string'], (text: string, separator: string) => text.split(separator)),
  pad: builtIn(['string', 'int', 'int'], (text: string, before: number, after: number) =>
    text === '' ? '' : ' '.repeat(before) + text + ' '.repeat(after),
  ),
  truncate: builtIn(['string', 'int'], (text: string, length: number) =>
    Buffer.byteLength(text) < length ? text : Buffer.from(text).subarray(0, length).toString(),
  ),
}

/** How many arguments each takes that takes any number. */
const least: Readonly<Record<string, number>> = {
  eq: 1,
  index: 1,
  slice: 1,
  print: 0,
  println: 0,
  printf: 1,
  html: 0,
  js: 0,
  urlquery: 0,
}

type Fail = (message: string, argument?: number) => TemplateError

export const isFunction = (name: string): boolean => Object.hasOwn(functions, name)

/** Calls a function. @throws what `fail` makes of the message */
export function callFunction(name: string, values: readonly unknown[], fail: Fail): unknown {
  const { args, more, call } = functions[name] as TemplateFunction
  const min = more ? (least[name] ?? args.length) : args.length
  if (more ? values.length < min : values.length !== min)
    throw fail(`wrong number of args for ${name}: want ${more ? 'at least ' : ''}${min} got ${values.length}`)
  values.forEach((value, index) =>
    checkKind(args[Math.min(index, args.length - 1)] ?? 'any', value, (message) => fail(message, index)),
  )
  try {
    return call(...values)
  } catch (error) {
    if (error instanceof RangeError) throw fail(`error calling ${name}: strings: negative Repeat count`)
    if (error instanceof CallError) throw fail(`error calling ${name}: ${error.message}`)
    throw error
  }
}

const expected: Record<Kind, string> = { any: '', string: 'string', int: 'int', strings: '[]string' }

function checkKind(kind: Kind, value: unknown, fail: (message: string) => TemplateError): void {
  if (kind === 'any') return
  if (value === undefined || value === null) throw fail(`invalid value; expected ${expected[kind]}`)
  const fits =
    kind === 'string'
      ? typeof value === 'string'
      : kind === 'int'
        ? typeof value === 'number'
        : Array.isArray(value) && value.every((each) => typeof each === 'string')
  if (!fits) throw fail(`wrong type for value; expected ${expected[kind]}; got ${typeName(value)}`)
}

function basic(value: unknown): unknown {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  const known = inGo(value)
  if (value === null || value === undefined || known?.nil) return null
  if (Array.isArray(value) || isMap(value)) throw new CallError('non-comparable type ' + `${goString(value)}: ${typeName(value)}`)
  return known?.text() ?? value
}

function eq(first: unknown, ...others: unknown[]): boolean {
  if (others.length === 0) throw new CallError('missing argument for comparison')
  const a = basic(first)
  return others.some((other) => {
    const b = basic(other)
    if (a === null || b === null) return a === b
    if (typeof a !== typeof b) throw new CallError('incompatible types for comparison')
    return a === b
  })
}

function compare(first: unknown, second: unknown): number {
  if (Array.isArray(first) || isMap(first)) throw new CallError('invalid type for comparison')
  const [a, b] = [basic(first), basic(second)]
  if (typeof a === 'boolean' || a === null) throw new CallError('invalid type for comparison')
  if (typeof a !== typeof b) throw new CallError('incompatible types for comparison')
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0
}

function lengthOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (Array.isArray(value)) return value.length
  if (isMap(value)) return Object.keys(value).length
  if (value === null || value === undefined || inGo(value)?.nil) throw new CallError('len of nil pointer')
  throw new CallError(`len of type ${typeName(value)}`)
}

function at(value: unknown, key: unknown): unknown {
  if (value === null || value === undefined) throw new CallError('index of untyped nil')
  if (inGo(value)?.nil) throw new CallError('index of nil pointer')
  if (Array.isArray(value) || typeof value === 'string') {
    if (typeof key !== 'number')
      throw new CallError(`cannot index slice/array with ${key === null ? 'nil' : `type ${typeName(key)}`}`)
    const list = typeof value === 'string' ? Buffer.from(value) : value
    if (key < 0 || key >= list.length) throw new CallError(`index out of range: ${key}`)
    return list[key] as unknown
  }
  if (!isMap(value)) throw new CallError(`can't index item of type ${typeName(value)}`)
  if (typeof key !== 'string') throw new CallError(`value has type ${typeName(key)}; should be string`)
  return Object.hasOwn(value, key) ? value[key] : (inGo(value)?.zero ?? '')
}

function slice(value: unknown, ...indexes: unknown[]): unknown {
  if (value === null || value === undefined) throw new CallError('slice of untyped nil')
  if (indexes.length > 3) throw new CallError(`too many slice indexes: ${indexes.length}`)
  if (typeof value === 'string' && indexes.length === 3) throw new CallError('cannot 3-index slice a string')
  if (typeof value !== 'string' && !Array.isArray(value)) throw new CallError(`can't slice item of type ${typeName(value)}`)
  const list = typeof value === 'string' ? Buffer.from(value) : value
  const [from = 0, to = list.length] = indexes as number[]
  for (const index of [from, to]) if (index < 0 || index > list.length) throw new CallError(`index out of range: ${index}`)
  if (from > to) throw new CallError(`invalid slice index: ${from} > ${to}`)
  return typeof value === 'string' ? Buffer.from(value).subarray(from, to).toString() : value.slice(from, to)
}

/** As Go's Sprint: a space between two values of which neither is a text. */
function print(...values: unknown[]): string {
  return values
    .map((value, index) => {
      const apart = index > 0 && typeof value !== 'string' && typeof values[index - 1] !== 'string'
      return `${apart ? ' ' : ''}${goString(value)}`
    })
    .join('')
}

const entities: Record<string, string> = { '"': '&#34;', "'": '&#39;', '&': '&amp;', '<': '&lt;', '>': '&gt;', '\0': '\uFFFD' }
// oxlint-disable-next-line no-control-regex -- Go's function replaces it as well
const escapeHtml = (text: string): string => text.replace(/[&<>"'\0]/g, (char) => entities[char] as string)

const escapeScript = (text: string): string =>
  text.replace(
    // oxlint-disable-next-line no-control-regex -- Go's function escapes them as well
    /[\\'"<>&=\0-\u001f]/g,
    (char) => (/[\\'"]/.test(char) ? `\\${char}` : `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`),
  )

const queryEscape = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
