const units: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 }
const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y

/**
 * Reads a duration as Go's time.ParseDuration does (`1h30m`, `-1.5s`).
 *
 * @returns nanoseconds, or `null` if the text is something else.
 */
export function parseDuration(text: string): number | null {
  const sign = text.startsWith('-') ? -1 : 1
  const body = text.replace(/^[+-]/, '')
  if (body === '0') return 0
  let total = 0
  part.lastIndex = 0
  while (part.lastIndex < body.length) {
    const match = part.exec(body)
    if (!match) return null
    total += Number(match[1]) * (units[match[2] ?? ''] ?? 0)
  }
  return body === '' ? null : sign * total
}

/** Writes a duration as Go's Duration.String does: `1h2m3.5s`, `350ms`, `0s`. */
export function formatDuration(nanos: number): string {
  if (nanos === 0) return '0s'
  const sign = nanos < 0 ? '-' : ''
  const size = Math.round(Math.abs(nanos))
  if (size < 1e3) return `${sign}${size}ns`
  if (size < 1e6) return `${sign}${decimal(size, 1e3)}µs`
  if (size < 1e9) return `${sign}${decimal(size, 1e6)}ms`
  const minutes = Math.floor(size / 60e9)
  const seconds = decimal(size - minutes * 60e9, 1e9)
  if (minutes === 0) return `${sign}${seconds}s`
  return minutes < 60 ? `${sign}${minutes}m${seconds}s` : `${sign}${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}s`
}

function decimal(value: number, unit: number): string {
  const whole = Math.floor(value / unit)
  const fraction = Math.round(value - whole * unit)
  if (fraction === 0) return String(whole)
  return `${whole}.${String(fraction)
    .padStart(String(unit).length - 1, '0')
    .replace(/0+$/, '')}`
}
