import { inGo } from './go-struct.ts'

/** A value as Go's `%v` prints it. */
export function goString(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  const known = inGo(value)
  if (known) return known.text()
  if (Array.isArray(value)) return `[${value.map(goString).join(' ')}]`
  if (typeof value !== 'object') return String(value)
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `map[${entries.map(([key, each]) => `${key}:${isEmpty(each) ? '{}' : goString(each)}`).join(' ')}]`
}

/** What has no fields inside something else: of those only Go's empty structs are, such as the values of ports and volumes. */
function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
}

/** Whether a value counts as true for `if`, `and`, `or`. */
export function isTrue(value: unknown): boolean {
  if (value === null || value === undefined) return false
  if (Array.isArray(value)) return value.length > 0
  return typeof value === 'object' ? inGo(value)?.type !== undefined || Object.keys(value).length > 0 : Boolean(value)
}
