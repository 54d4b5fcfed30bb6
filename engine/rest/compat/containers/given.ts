type Given<T> = { [K in keyof T]?: Exclude<T[K], null | undefined> }

/** Without fields that are null or missing: Go writes what was not given as null. */
export function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined)) as Given<T>
}
