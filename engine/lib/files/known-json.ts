const known = new WeakMap<object, string>()

/** The cached JSON text of a response, so that it is not serialized again for every client. */
export function cachedJson(value: object): string | undefined {
  return known.get(value)
}

/** Caches the JSON text of `value` for as long as `value` lives. `value` must not change any more. */
export function cacheJson(value: object, json: string): void {
  known.set(value, json)
}
