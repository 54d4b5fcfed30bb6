interface Known {
  json: string
  line?: Buffer
}

const known = new WeakMap<object, Known>()

/** Whether the JSON text of a response is cached. */
export function hasCachedJson(value: object): boolean {
  return known.has(value)
}

/** The cached JSON text of a response as a line, in bytes: written to every client without making it again. */
export function cachedLine(value: object): Buffer | undefined {
  const found = known.get(value)
  if (!found) return undefined
  if (!found.line) {
    found.line = Buffer.from(`${found.json}\n`)
    found.json = '' // it is there once
  }
  return found.line
}

/** Caches the JSON text of `value` for as long as `value` lives. `value` must not change any more. */
export function cacheJson(value: object, json: string): void {
  known.set(value, { json })
}
