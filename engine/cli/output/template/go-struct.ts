import { goTime } from '../go-time.ts'

const about: unique symbol = Symbol('what a value is in Go')

interface About {
  /** The type's name, for messages about unknown fields. */
  type?: string
  /** As `%v` prints it. */
  text: () => string
}

/** What a value is in Go, where that is something else than a map, a slice or a plain value. */
export function inGo(value: unknown): About | undefined {
  return typeof value === 'object' && value !== null ? (value as { [about]?: About })[about] : undefined
}

/**
 * An object that templates see as a struct of Go's: printed `{a b c}`, and an unknown field is an error.
 * @param json what it is as JSON.
 * @param shown its fields as they are printed, where that is not those that can be named.
 */
export function goStruct(
  type: string,
  fields: Readonly<Record<string, unknown>>,
  json: unknown,
  print: (value: unknown) => string,
  shown: readonly unknown[] = Object.values(fields),
): object {
  return marked({ ...fields }, json, { type, text: () => `{${shown.map(print).join(' ')}}` })
}

/** A nil map: empty, and null in JSON. */
export const nilMap = (): object => marked({}, null, { text: () => 'map[]' })

/** A nil slice. */
export const nilSlice = (): unknown[] => marked([], null, { text: () => '[]' })

/** A time: RFC 3339 as JSON, and in a template as Go prints one. */
export const goTimestamp = (rfc3339: string): object => marked({}, rfc3339, { type: 'time.Time', text: () => goTime(rfc3339) })

function marked<T extends object>(value: T, json: unknown, is: About): T {
  Object.defineProperty(value, about, { value: is })
  Object.defineProperty(value, 'toJSON', { value: () => json })
  return value
}
