import { goString, typeName } from './values.ts'

interface Verb {
  flags: string
  width: number | undefined
  precision: number | undefined
  verb: string
}

const pattern = /%(?<flags>[-+# 0]*)(?<width>\d+|\*)?(?:\.(?<precision>\d+|\*)?)?(?<verb>[\p{L}%])?/gu

/** Go's fmt.Sprintf for the values that templates have. */
export function printf(format: string, values: readonly unknown[]): string {
  let next = 0
  const number = (text: string | undefined): number | undefined =>
    text === '*' ? Number(values[next++]) : text === undefined ? undefined : Number(text)
  const text = format.replace(pattern, (whole, ...rest) => {
    const groups = rest.at(-1) as Record<string, string | undefined>
    const width = number(groups['width'])
    const precision = groups['precision'] !== undefined ? number(groups['precision']) : whole.includes('.') ? 0 : undefined
    const { verb, flags = '' } = groups
    if (verb === '%') return '%'
    if (verb === undefined) return '%!(NOVERB)'
    if (next >= values.length) return `%!${verb}(MISSING)`
    return pad(formatOne({ flags, width, precision, verb }, values[next++]), { flags, width, precision, verb })
  })
  const extra = values.slice(next)
  if (extra.length === 0) return text
  const told = extra.map((value) => (value === null || value === undefined ? '<nil>' : `${typeName(value)}=${goString(value)}`))
  return `${text}%!(EXTRA ${told.join(', ')})`
}

function pad(text: string, { flags, width = 0, verb }: Verb): string {
  if (flags.includes('-')) return text.padEnd(width)
  if (!flags.includes('0') || /[svqTxX]/.test(verb)) return text.padStart(width)
  const [, sign = '', digits = ''] = /^([-+ ]?)(.*)$/s.exec(text) ?? []
  return sign + digits.padStart(width - sign.length, '0')
}

function formatOne(options: Verb, value: unknown): string {
  const { verb, precision } = options
  if (verb === 'T') return typeName(value)
  if (verb === 'v') return options.flags.includes('#') ? goSyntax(value) : goString(value)
  if (value === null || value === undefined) return `%!${verb}(<nil>)`
  if (Array.isArray(value)) return `[${value.map((each) => formatOne(options, each)).join(' ')}]`
  if (typeof value === 'number') return ofNumber(options, value)
  if (typeof value === 'boolean') return verb === 't' ? String(value) : bad(verb, value)
  const text = goString(value)
  const cut = precision === undefined ? text : Array.from(text).slice(0, precision).join('')
  if (verb === 's') return cut
  if (verb === 'q') return JSON.stringify(cut)
  if (verb === 'x' || verb === 'X') return cased(verb, Buffer.from(text).toString('hex'))
  return bad(verb, value)
}

const cased = (verb: string, text: string): string => (verb === 'X' ? text.toUpperCase() : text)
const bad = (verb: string, value: unknown): string => `%!${verb}(${typeName(value)}=${goString(value)})`

const bases: Record<string, number> = { d: 10, b: 2, o: 8, x: 16, X: 16 }

function ofNumber({ verb, flags, precision }: Verb, value: number): string {
  const sign = (text: string): string =>
    flags.includes('+') && value >= 0 ? `+${text}` : flags.includes(' ') && value >= 0 ? ` ${text}` : text
  const base = bases[verb]
  if (base !== undefined) {
    if (!Number.isInteger(value)) return verb === 'd' ? bad(verb, value) : value.toString(base)
    const prefix = flags.includes('#') ? ({ x: '0x', X: '0X', o: '0', b: '0b' }[verb] ?? '') : ''
    const digits = cased(verb, Math.abs(value).toString(base)).padStart(precision ?? 0, '0')
    return value < 0 ? `-${prefix}${digits}` : sign(prefix + digits)
  }
  if (verb === 'c') return String.fromCodePoint(value)
  if (verb === 'q') return `'${String.fromCodePoint(value)}'`
  if (verb === 'U') return `U+${value.toString(16).toUpperCase().padStart(4, '0')}`
  // Whole numbers of podman's are of Go's integer types, of which these are no verbs.
  if (/[eEfFgG]/.test(verb) && Number.isInteger(value)) return bad(verb, value)
  if (/[eE]/.test(verb)) return sign(value.toExponential(precision ?? 6).replace(/e([-+])(\d)$/, 'e$10$2'))
  if (/[fF]/.test(verb)) return sign(fixed(value, precision ?? 6))
  if (/[gG]/.test(verb)) return sign(precision === undefined ? goString(value) : String(Number(value.toPrecision(precision))))
  return bad(verb, value)
}

/** `%#v` of plain values, lists and maps. */
function goSyntax(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (Array.isArray(value)) return `${typeName(value)}{${value.map(goSyntax).join(', ')}}`
  if (value === null || value === undefined) return '<nil>'
  if (typeof value !== 'object') return goString(value)
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `${typeName(value)}{${entries.map(([key, each]) => `${JSON.stringify(key)}:${goSyntax(each)}`).join(', ')}}`
}

/** Of two texts that are equally near Go takes the even one. */
function fixed(value: number, precision: number): string {
  const text = value.toFixed(precision)
  const exact = Math.abs(value).toFixed(Math.min(100, precision + 60))
  if (!/^50*$/.test(exact.slice(exact.indexOf('.') + 1 + precision))) return text
  const below = exact.slice(0, exact.indexOf('.') + (precision === 0 ? 0 : 1 + precision))
  return Number(below.at(-1)) % 2 === 0 ? `${value < 0 ? '-' : ''}${below}` : text
}
