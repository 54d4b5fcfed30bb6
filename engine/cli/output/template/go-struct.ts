import { goTime } from '../go-time.ts'
import { timeMethods } from './time-methods.ts'

const about: unique symbol = Symbol('what a value is in Go')

interface About {
  /** The type's name. */
  type?: string
  /** A struct, of which an unknown field is an error; else a map, a slice or a plain value. */
  struct?: boolean
  /** A pointer that leads nowhere. */
  nil?: boolean
  /** What a map has for a key that it lacks. */
  zero?: unknown
  /** As `%v` prints it. */
  text: () => string
  /** As `%v` prints it inside of another value, where that is something else. */
  inside?: (() => string) | undefined
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
  shown: () => readonly unknown[] = () => Object.values(fields),
  inside?: () => string,
): object {
  return marked({ ...fields }, json, {
    type,
    struct: true,
    text: () =>
      `{${shown()
        .map((each) => print(each))
        .join(' ')}}`,
    inside,
  })
}

/** A nil map: empty, and null in JSON. */
export const nilMap = (type = 'map[string]string', zero: unknown = ''): object =>
  marked({}, null, { type, zero, text: () => 'map[]' })

/** A nil slice. */
export const nilSlice = (type = '[]string'): unknown[] => marked([], null, { type, text: () => '[]' })

/** A nil pointer. */
export const nilPointer = (type: string): object => marked({}, null, { type, nil: true, text: () => '<nil>' })

/** A time: RFC 3339 as JSON, and in a template as Go prints one, with the methods that templates use. */
export const goTimestamp = (rfc3339: string): object =>
  marked(timeMethods(rfc3339), rfc3339, { type: 'time.Time', struct: true, text: () => goTime(rfc3339) })

/** Says what a value is in Go. */
export function marked<T extends object>(value: T, json: unknown, is: About): T {
  Object.defineProperty(value, about, { value: is })
  Object.defineProperty(value, 'toJSON', { value: () => json })
  return value
}
