const simple: Record<string, string> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
}

const escape = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|([abfnrtv\\'"]))|\\/g

/** The text of a quoted or raw string of Go's. @throws what `fail` makes for an escape that is none */
export function unquote(quoted: string, fail: () => Error): string {
  const inner = quoted.slice(1, -1)
  if (quoted.startsWith('`')) return inner
  return inner.replace(escape, (_, x?: string, u?: string, long?: string, octal?: string, letter?: string) => {
    if (letter !== undefined) return simple[letter] as string
    const hex = x ?? u ?? long
    const code = hex !== undefined ? Number.parseInt(hex, 16) : octal !== undefined ? Number.parseInt(octal, 8) : -1
    if (code < 0 || code > 0x10ffff) throw fail()
    return String.fromCodePoint(code)
  })
}

/** The number of a character constant. */
export function parseChar(quoted: string, fail: () => Error): number {
  const text = unquote(quoted, fail)
  const code = text.codePointAt(0)
  if (code === undefined || String.fromCodePoint(code) !== text) throw fail()
  return code
}

/** A number in Go's notations: `0x10`, `0b1`, `017`, `1_000`, `1.5e3`. */
export function parseNumber(text: string, fail: () => Error): number {
  const plain = text.replaceAll('_', '')
  const sign = plain.startsWith('-') ? -1 : 1
  const digits = plain.replace(/^[-+]/, '')
  const value = Number(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits)
  if (Number.isNaN(value)) throw fail()
  return sign * value
}
