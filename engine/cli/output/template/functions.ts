import { goJson } from '../go-json.ts'
import { TemplateError } from './tree.ts'
import { goString, isTrue } from './values.ts'

// Arguments are not type-checked: each function takes any value, as Go's do.
// oxlint-disable-next-line typescript/no-explicit-any
type Fn = (...values: any[]) => unknown

const compare = (a: unknown, b: unknown): number => {
  if (typeof a !== typeof b) throw new TemplateError('incompatible types for comparison')
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0
}

/** Functions of templates: Go's own, and those that podman adds. */
export const functions: Readonly<Record<string, Fn>> = {
  and: (...values) => values.find((value) => !isTrue(value)) ?? values.at(-1),
  or: (...values) => values.find(isTrue) ?? values.at(-1),
  not: (value) => !isTrue(value),
  eq: (first, ...others) => others.some((other) => first === other),
  ne: (a, b) => a !== b,
  lt: (a, b) => compare(a, b) < 0,
  le: (a, b) => compare(a, b) <= 0,
  gt: (a, b) => compare(a, b) > 0,
  ge: (a, b) => compare(a, b) >= 0,
  len: (value) => (typeof value === 'string' || Array.isArray(value) ? value.length : Object.keys(value ?? {}).length),
  index: (value, ...keys) => keys.reduce(at, value),
  slice: (value: string | unknown[], from = 0, to?: number) => value.slice(from, to),
  print: (...values) => values.map(goString).join(''),
  println: (...values) => `${values.map(goString).join(' ')}\n`,
  printf: (format: string, ...values) => printf(format, values),
  json: (value) => goJson(value, 0),
  lower: (text) => String(text).toLowerCase(),
  upper: (text) => String(text).toUpperCase(),
  title: (text) => String(text).replace(/\b\w/g, (letter) => letter.toUpperCase()),
  join: (list: unknown[] | string, separator: string) => (Array.isArray(list) ? list.map(goString).join(separator) : list),
  split: (text, separator) => String(text).split(separator),
  pad: (text, before, after) => (text === '' ? '' : ' '.repeat(before) + String(text) + ' '.repeat(after)),
  truncate: (text, length) => String(text).slice(0, length),
  html: (text) => goString(text).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`),
  urlquery: (text) => encodeURIComponent(goString(text)),
}

function at(value: unknown, key: unknown): unknown {
  if (value === null || value === undefined) throw new TemplateError('index of untyped nil')
  if (Array.isArray(value) || typeof value === 'string') {
    const index = Number(key)
    if (!Number.isInteger(index) || index < 0 || index >= value.length)
      throw new TemplateError(`error calling index: index out of range: ${String(key)}`)
    return value[index]
  }
  return Object.hasOwn(value, String(key)) ? (value as Record<string, unknown>)[String(key)] : ''
}

/** The verbs of Go's fmt that formats use. */
function printf(format: string, values: unknown[]): string {
  let next = 0
  return format.replace(
    /%([-0+ ]*)(\d*)(?:\.(\d+))?([a-zA-Z%])/g,
    (_, flags: string, width: string, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%'
      const text = formatOne(verb, values[next++], precision === undefined ? undefined : Number(precision))
      const pad = flags.includes('0') && !flags.includes('-') ? '0' : ' '
      return flags.includes('-') ? text.padEnd(Number(width)) : text.padStart(Number(width), pad)
    },
  )
}

function formatOne(verb: string, value: unknown, precision: number | undefined): string {
  if (verb === 'q') return JSON.stringify(goString(value))
  if (verb === 'x') return typeof value === 'number' ? value.toString(16) : Buffer.from(goString(value)).toString('hex')
  if (verb === 'f' || verb === 'e') return Number(value).toFixed(precision ?? 6)
  if (verb === 't' || verb === 'd' || verb === 'v' || verb === 'g') return goString(value)
  return precision === undefined ? goString(value) : goString(value).slice(0, precision)
}
