/**
 * JSON as Go's encoding/json writes it, byte for byte, so that equal documents have equal digests. Fields of an object keep their
 * order, and those that are undefined are left out; a `Map` is written with its keys in order.
 */
export function goMarshal(value: unknown): string {
  if (typeof value === 'string') return goText(value)
  if (Array.isArray(value)) return `[${value.map(goMarshal).join(',')}]`
  if (value instanceof Map) return fields([...(value as Map<string, unknown>)].toSorted(([a], [b]) => compareBytes(a, b)))
  if (typeof value === 'object' && value !== null) return fields(Object.entries(value))
  return JSON.stringify(value ?? null)
}

/** Annotations and the like for {@link goMarshal}; nothing when there are none, as Go's `omitempty` has it. */
export function goMap(values: Readonly<Record<string, string>> | undefined): Map<string, string> | undefined {
  const entries = Object.entries(values ?? {})
  return entries.length > 0 ? new Map(entries) : undefined
}

function fields(entries: [string, unknown][]): string {
  const shown = entries.filter(([, value]) => value !== undefined)
  return `{${shown.map(([key, value]) => `${goText(key)}:${goMarshal(value)}`).join(',')}}`
}

function goText(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
