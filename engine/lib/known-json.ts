const known = new WeakMap<object, string>()

/** The JSON text of an answer whose maker keeps it, so that it is not written anew for every client that asks. */
export function knownJson(value: object): string | undefined {
  return known.get(value)
}

/** Keeps the JSON text of `value`, which must not be changed any more, for as long as `value` itself is kept. */
export function rememberJson(value: object, json: string): void {
  known.set(value, json)
}
