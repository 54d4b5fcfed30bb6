import type { Schema } from '../../contract/index.ts'

/** The parts of a schema that lead to other schemas. */
interface Parts {
  entries?: Readonly<Record<string, Schema>>
  item?: Schema
  value?: Schema
  wrapped?: Schema
}

/**
 * A JSON value with the names of fields as its schema writes them, at any depth: Go reads and writes them without regard to case. A field
 * that is there under its own name is not replaced by one that is only like it. The value itself is not changed.
 */
export function withFieldNames(schema: Schema, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  let parts = schema as Parts
  while (parts.wrapped !== undefined) parts = parts.wrapped as Parts
  const { entries, item, value: each } = parts
  if (Array.isArray(value)) return item === undefined ? value : value.map((one) => withFieldNames(item, one))
  const fields = value as Record<string, unknown>
  if (entries === undefined) {
    if (each === undefined) return value
    return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, withFieldNames(each, field)]))
  }
  const names = namesOf(entries)
  return Object.fromEntries(
    Object.entries(fields).map(([key, field]) => {
      const name = Object.hasOwn(entries, key) ? key : names.get(key.toLowerCase())
      if (name === undefined || (name !== key && Object.hasOwn(fields, name))) return [key, field]
      return [name, withFieldNames(entries[name]!, field)]
    }),
  )
}

const known = new WeakMap<object, Map<string, string>>()

function namesOf(entries: object): Map<string, string> {
  let names = known.get(entries)
  if (!names) known.set(entries, (names = new Map(Object.keys(entries).map((name) => [name.toLowerCase(), name]))))
  return names
}
