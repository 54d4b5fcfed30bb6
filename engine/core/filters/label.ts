/** Whether labels match one value of a `label` filter: `key` alone (it exists) or `key=value`, where `*` in the key stands for anything. */
export function matchesLabel(labels: Readonly<Record<string, string>>, filter: string): boolean {
  const equals = filter.indexOf('=')
  const key = equals === -1 ? filter : filter.slice(0, equals)
  const value = equals === -1 ? undefined : filter.slice(equals + 1)
  if (!key.includes('*')) return Object.hasOwn(labels, key) && (value === undefined || value === '' || labels[key] === value)
  const pattern = wildcard(key)
  return Object.entries(labels).some(
    ([name, found]) => pattern.test(name) && (value === undefined || value === '' || found === value),
  )
}

/** A pattern in which only `*` is special. */
export function wildcard(pattern: string): RegExp {
  return new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
    's',
  )
}
