import { formatDuration } from '../../../spec/duration.ts'
import { goStruct, goTimestamp, marked, nilMap, nilPointer, nilSlice } from './go-struct.ts'
import { goString } from './values.ts'

/** The fields of Go's structs, by type: `Name type; Name=json type`. See {@link fieldsOf}. */
export type GoTypes = Readonly<Record<string, string>>

interface GoField {
  name: string
  /** Its name in JSON. */
  json: string
  type: string
  /** `+`: its fields are those of the struct as well, also in JSON. */
  embedded: boolean
  /** `@`: a name for another field, which is not printed with the others. */
  alias: boolean
}

/** The fields of a struct: `Name type`, `Name=json type`, `+Name type` for an embedded one, `@Name other` for another name of one. */
export function fieldsOf(text: string): GoField[] {
  return text
    .split(';')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map((each) => {
      const space = each.indexOf(' ')
      const [name = '', json] = each.slice(0, space).replace(/^[+@]/, '').split('=')
      return {
        name,
        json: json ?? name,
        type: each.slice(space + 1),
        embedded: each.startsWith('+'),
        alias: each.startsWith('@'),
      }
    })
}

/**
 * A value from JSON as templates see one of Go's `type`: every field is there, zero where JSON lacks it; an unknown field is an error;
 * pointers, nil, maps and times are printed as Go prints them. As JSON it stays what it is.
 */
export function typed(types: GoTypes, type: string, json: unknown): unknown {
  if (type.startsWith('*')) return pointer(types, type, json)
  if (type.startsWith('[]')) return sliceOf(types, type, json)
  if (type.startsWith('map[')) return mapOf(types, type, json)
  const plain = plainValues[type]
  if (plain) return plain(json)
  const fields = types[type]
  if (fields === undefined) return json ?? ''
  return structOf(types, type, fields, json)
}

const plainValues: Readonly<Record<string, (json: unknown) => unknown>> = {
  string: (json) => json ?? '',
  bool: (json) => json ?? false,
  int: (json) => json ?? 0,
  float64: (json) => json ?? 0,
  'interface {}': (json) => json,
  'struct {}': (json) => marked({}, json, { type: 'struct {}', struct: true, text: () => '{}' }),
  'time.Time': (json) => goTimestamp(typeof json === 'string' && json !== '' ? json : '0001-01-01T00:00:00Z'),
  'time.Duration': (json) => duration(Number(json ?? 0)),
  'net.IP': (json) => named('net.IP', json, (text) => text || '<nil>'),
  'types.IPNet': ipNet,
  'types.HardwareAddr': (json) =>
    named(
      'types.HardwareAddr',
      json,
      (text) =>
        `[${
          text === ''
            ? ''
            : text
                .split(':')
                .map((each) => Number.parseInt(each, 16))
                .join(' ')
        }]`,
    ),
}

const named = (type: string, json: unknown, text: (value: string) => string): object =>
  marked({}, json, { type, text: () => text(String(json ?? '')) })

const duration = (nanoseconds: number): object =>
  marked(
    { Seconds: nanoseconds / 1e9, Minutes: nanoseconds / 6e10, Hours: nanoseconds / 3.6e12, Nanoseconds: nanoseconds },
    nanoseconds,
    { type: 'time.Duration', struct: true, text: () => (nanoseconds === 0 ? '0s' : formatDuration(nanoseconds)) },
  )

/** Alone it is printed as CIDR; inside of others without its method, as address and mask. */
function ipNet(json: unknown): object {
  const [address = '', prefix = '0'] = String(json ?? '').split('/')
  const bytes = address.includes(':') ? 16 : 4
  const mask = Array.from({ length: bytes }, (_, index) => 256 - 2 ** (8 - Math.min(8, Math.max(0, Number(prefix) - 8 * index))))
  const hex = mask.map((each) => each.toString(16).padStart(2, '0')).join('')
  const fields = { IP: address, Mask: hex, String: () => String(json) }
  return marked(fields, json, {
    type: 'types.IPNet',
    struct: true,
    text: () => String(json),
    inside: () => `{{${address} ${hex}}}`,
  })
}

function pointer(types: GoTypes, type: string, json: unknown): unknown {
  if (json === undefined || json === null) return nilPointer(type)
  const target = type.slice(1)
  const fields = types[target]
  // Go prints where it is, which nobody can use.
  return fields === undefined ? typed(types, target, json) : structOf(types, type, fields, json, () => '0xc000000000')
}

function sliceOf(types: GoTypes, type: string, json: unknown): unknown {
  if (!Array.isArray(json)) return nilSlice(type)
  const element = type.slice(2)
  const values = json.map((each) => typed(types, element, each))
  return marked(values, json, { type, text: () => `[${values.map(inside).join(' ')}]` })
}

function mapOf(types: GoTypes, type: string, json: unknown): unknown {
  const element = type.slice(type.indexOf(']') + 1)
  const zero = typed(types, element, undefined)
  if (typeof json !== 'object' || json === null) return nilMap(type, zero)
  const entries = Object.entries(json).map(([key, each]) => [key, typed(types, element, each)] as const)
  const text = () => {
    const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1))
    return `map[${sorted.map(([key, each]) => `${key}:${inside(each)}`).join(' ')}]`
  }
  return marked(Object.fromEntries(entries), json, { type, zero, text })
}

function structOf(types: GoTypes, type: string, text: string, json: unknown, ofPointer?: () => string): object {
  const from = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>
  const fields = fieldsOf(text)
  const own: [string, unknown][] = []
  const promoted: Record<string, unknown> = {}
  for (const field of fields.filter(({ alias }) => !alias)) {
    const value = typed(types, field.type, field.embedded ? json : from[field.json])
    own.push([field.name, value])
    if (field.embedded) Object.assign(promoted, value)
  }
  const all: Record<string, unknown> = { ...promoted, ...Object.fromEntries(own) }
  for (const { name, type: other } of fields.filter(({ alias }) => alias)) all[name] = all[other]
  const shown = () => own.map(([, value]) => value)
  const made = goStruct(type, all, json, inside, shown, ofPointer)
  return made
}

/** A value as it is printed inside another one, where pointers are addresses. */
function inside(value: unknown): string {
  return goString(value, true)
}

/**
 * A row of a list: a struct of Go's `type` that embeds the engine's value, under the name `embedded`, and has `own` fields that win over
 * the value's.
 *
 * @param before what is printed before the value, where the row is printed as a whole.
 */
export function row<T extends object>(
  type: string,
  embedded: string,
  value: object,
  own: T,
  { json = value, before = [] }: { json?: unknown; before?: readonly string[] } = {},
): T {
  const fields = { ...value, [embedded]: value, ...own }
  return marked(fields, json, { type, struct: true, text: () => `{${[...before, inside(value)].join(' ')}}` })
}
