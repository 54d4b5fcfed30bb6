import * as v from 'valibot'

const yes = ['1', 't', 'T', 'true', 'True', 'TRUE', 'on'] as const
const no = ['', '0', 'f', 'F', 'false', 'False', 'FALSE'] as const

/** A boolean as query strings carry it: what Go's strconv.ParseBool takes, and what forms send. */
export const Flag = v.pipe(
  v.union([v.boolean(), v.picklist([...yes, ...no])]),
  v.transform((value) => value === true || (yes as readonly unknown[]).includes(value)),
)

/** A flag that is off unless given. */
export const Off = v.optional(Flag, false)

/** A flag that is on unless given. */
export const On = v.optional(Flag, true)

/** A whole number as query strings carry it. */
export const Integer = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^-?\d{1,15}$/, 'is not a whole number'), v.transform(Number))]),
  v.integer(),
)

/** A query parameter that may be repeated. */
export const Texts = v.pipe(
  v.union([v.array(v.string()), v.string()]),
  v.transform((value) => (typeof value === 'string' ? [value] : value)),
)

/**
 * Filters, `{"label": ["a=b"]}`: as JSON in query strings, with Docker's older `{"label": {"a=b": true}}` understood too.
 * What is `null`, `false` or without a value filters nothing.
 */
export const Filters = v.pipe(
  v.union([
    v.record(v.string(), v.array(v.string())),
    v.pipe(
      v.string(),
      v.maxLength(65_536),
      v.parseJson(),
      // Valibot takes an array for a record.
      v.check((value) => !Array.isArray(value), 'is not a JSON object'),
      v.nullable(v.record(v.string(), v.union([v.array(v.string()), v.record(v.string(), v.boolean())]))),
    ),
  ]),
  v.transform((filters): Record<string, string[]> =>
    Object.fromEntries(
      Object.entries(filters ?? {})
        .map(([key, value]) => [key, Array.isArray(value) ? value : Object.keys(value).filter((each) => value[each])] as const)
        .filter(([, values]) => values.length > 0),
    ),
  ),
)

/** The name or (a unique beginning of) the id of an object. */
export const Name = v.pipe(v.string(), v.minLength(1, 'must not be empty'), v.maxLength(1024))

/** RFC 3339 with nanoseconds; Go's zero time `0001-01-01T00:00:00Z` stands for never. */
export const Time = v.string()

/** Go writes a time that is not set as this. */
const zeroTime = '0001-01-01T00:00:00Z'

/** A time as callers give it: RFC 3339, seconds since the epoch, or a duration before now. Go's zero time is none. */
export const Moment = v.optional(
  v.pipe(
    v.string(),
    v.transform((text) => (text === zeroTime ? undefined : text)),
  ),
)

/** No value. */
export const Nothing = v.void()

/** Free-form JSON. */
export const Anything = v.unknown()

/** Labels, annotations and the like. */
export const TextMap = v.record(v.string(), v.string())

/** A list that libpod writes as `null` when it is empty. */
export const listOrNull = <const S extends v.GenericSchema>(item: S) => v.nullable(v.array(item))

/** A file descriptor above the standard streams. */
export const Descriptor = v.pipe(v.number(), v.integer(), v.minValue(3), v.maxValue(4095))
