/** The value of a field of an unknown value: `body.name` is the field `name` of the field `body`. */
export function fieldAt(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((found, key) => {
    return typeof found === 'object' && found !== null && Object.hasOwn(found, key)
      ? (found as Record<string, unknown>)[key]
      : undefined
  }, value)
}

/** The texts in some fields, each of which may be a list of them. */
export function textsAt(value: unknown, paths: readonly string[]): string[] {
  return paths.flatMap((path) => fieldAt(value, path)).filter((each): each is string => typeof each === 'string')
}
