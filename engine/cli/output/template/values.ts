import { inGo } from './go-struct.ts'

/** A value as Go's `%v` prints it, alone or inside another one. */
export function goString(value: unknown, inside = false): string {
  if (value === null || value === undefined) return '<nil>'
  const known = inGo(value)
  if (known) return inside && known.inside ? known.inside() : known.text()
  if (Array.isArray(value)) return `[${value.map((each) => goString(each, true)).join(' ')}]`
  if (typeof value === 'number') return goNumber(value)
  if (typeof value !== 'object') return String(value)
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `map[${entries.map(([key, each]) => `${key}:${isEmpty(each) ? '{}' : goString(each, true)}`).join(' ')}]`
}

/** Go's exponents have two digits at least. */
const goNumber = (value: number): string =>
  String(value)
    .replace(/e([-+])(\d)$/, 'e$10$2')
    .replace('Infinity', '+Inf')
    .replace('-+Inf', '-Inf')

/** What has no fields inside something else: of those only Go's empty structs are, such as the values of ports and volumes. */
function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !inGo(value) && !Array.isArray(value) && Object.keys(value).length === 0
}

/** Whether a value counts as true for `if`, `and`, `or`. */
export function isTrue(value: unknown): boolean {
  if (value === null || value === undefined) return false
  if (Array.isArray(value)) return value.length > 0
  if (typeof value !== 'object') return Boolean(value)
  const known = inGo(value)
  if (known?.nil) return false
  return known?.struct === true || Object.keys(value).length > 0
}

/** The name of a value's type in Go's messages. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  const known = inGo(value)
  if (known?.type !== undefined) return known.type
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float64'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return 'string'
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}'
}

/** The entries that `range` and `index` see: a struct has none. */
export const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !inGo(value)?.struct && !inGo(value)?.nil
