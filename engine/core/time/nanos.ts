/** Nanoseconds since the epoch. A `number` loses the last digits; a `bigint` keeps them. */
export type Nanos = bigint

const rfc3339 = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|z|[+-]\d{2}:\d{2})$/

/** Reads RFC 3339 with up to nine digits of fraction; `null` if the text is something else. */
export function parseRfc3339(text: string): Nanos | null {
  const match = rfc3339.exec(text)
  if (!match) return null
  const [, date, clock, fraction = '', zone = 'Z'] = match
  const seconds = Date.parse(`${date}T${clock}${zone.toUpperCase()}`) / 1000
  if (Number.isNaN(seconds)) return null
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'))
}

/** Writes RFC 3339 in UTC as Go's RFC3339Nano does: without trailing zeros. */
export function formatRfc3339(nanos: Nanos): string {
  const fraction = ((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n
  const seconds = (nanos - fraction) / 1_000_000_000n
  const base = new Date(Number(seconds) * 1000).toISOString().slice(0, 19)
  const digits = fraction.toString().padStart(9, '0').replace(/0+$/, '')
  return digits === '' ? `${base}Z` : `${base}.${digits}Z`
}

/** Now, as precise as the system clock is given to us. */
export function nowNanos(): Nanos {
  const milliseconds = performance.timeOrigin + performance.now()
  const whole = Math.floor(milliseconds)
  return BigInt(whole) * 1_000_000n + BigInt(Math.floor((milliseconds - whole) * 1e6))
}
