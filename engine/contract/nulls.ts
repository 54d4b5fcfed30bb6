import * as v from 'valibot'

import type { Schema } from './operation.ts'

/** The parts of a schema that lead to other schemas. */
interface Parts {
  entries?: Readonly<Record<string, Schema>>
  item?: Schema
  value?: Schema
  wrapped?: Schema
}

/**
 * A JSON body without the fields that are `null` and whose schema takes no `null`: Go's clients write what was not given that way. The
 * value is not changed; where nothing is left out it is returned itself.
 */
export function withoutNulls(schema: Schema, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const { entries, item, value: each } = bare(schema)
  if (Array.isArray(value)) return item === undefined ? value : mapped(value, (one) => withoutNulls(item, one))
  const names = entries === undefined ? undefined : new Map(Object.keys(entries).map((name) => [name.toLowerCase(), name]))
  const schemaOf = (name: string): Schema | undefined =>
    entries?.[name] ?? entries?.[names?.get(name.toLowerCase()) ?? ''] ?? each
  let changed = false
  const fields = Object.entries(value).flatMap(([name, field]): [string, unknown][] => {
    const own = schemaOf(name)
    if (own === undefined) return [[name, field]]
    const kept = field === null && !v.is(own, null) ? undefined : withoutNulls(own, field)
    changed ||= kept !== field
    return kept === undefined ? [] : [[name, kept]]
  })
  return changed ? Object.fromEntries(fields) : value
}

/** The schema inside what makes it optional or nullable. */
function bare(schema: Schema): Parts {
  let found = schema as Parts
  while (found.wrapped !== undefined) found = found.wrapped as Parts
  return found
}

function mapped(list: unknown[], change: (one: unknown) => unknown): unknown[] {
  const changed = list.map(change)
  return changed.some((one, index) => one !== list[index]) ? changed : list
}
