import { globMatcher } from '../../lib/files/glob.ts'

/** Whether labels match one value of a `label` filter: `key` alone (it exists) or `key=value`, where `*` in the key stands for anything. */
export function matchesLabel(labels: Readonly<Record<string, string>>, filter: string): boolean {
  const equals = filter.indexOf('=')
  const key = equals === -1 ? filter : filter.slice(0, equals)
  const value = equals === -1 ? undefined : filter.slice(equals + 1)
  if (!key.includes('*')) return Object.hasOwn(labels, key) && (value === undefined || value === '' || labels[key] === value)
  const pattern = globMatcher(key)
  return Object.entries(labels).some(([name, found]) => pattern(name) && (value === undefined || value === '' || found === value))
}
