const rfc3339 = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|z|[+-]\d{2}:\d{2})$/

/** Reads RFC 3339 with up to nine digits of fraction as nanoseconds since 1970; `null` if the text is something else. */
export function parseRfc3339(text: string): bigint | null {
  const match = rfc3339.exec(text)
  if (!match) return null
  const [, date, clock, fraction = '', zone = 'Z'] = match
  const seconds = Date.parse(`${date}T${clock}${zone.toUpperCase()}`) / 1000
  if (Number.isNaN(seconds)) return null
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'))
}
