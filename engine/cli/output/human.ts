/** A length of time as Docker's tools say it: `About a minute`, `3 weeks`. @param seconds may be a fraction. */
export function humanDuration(seconds: number): string {
  if (seconds < 1) return 'Less than a second'
  const whole = Math.floor(seconds)
  if (whole === 1) return '1 second'
  if (whole < 60) return `${whole} seconds`
  const minutes = Math.floor(seconds / 60)
  if (minutes === 1) return 'About a minute'
  if (minutes < 60) return `${minutes} minutes`
  const hours = Math.floor(seconds / 3600 + 0.5)
  if (hours === 1) return 'About an hour'
  if (hours < 48) return `${hours} hours`
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days`
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`
  return `${Math.floor(seconds / 3600 / 24 / 365)} years`
}

/** How long ago, from a time in milliseconds since the epoch. */
export function ago(milliseconds: number, now = Date.now()): string {
  return `${humanDuration((now - milliseconds) / 1000)} ago`
}

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB']

/** A size in decimal units with so many significant digits: `2.049MB`, or with `space` `2.05 MB`. */
export function humanSize(bytes: number, digits = 4, space = ''): string {
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${significant(value, digits)}${space}${units[unit]}`
}

/** Go's `%.Ng`, without exponents: such numbers are below 1000 here. */
function significant(value: number, digits: number): string {
  const text = value.toPrecision(digits)
  return text.includes('e') ? String(Math.round(value)) : text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

/** Nanoseconds as Go prints a duration: `38.940154ms`, `1m2.5s`. */
export function goDuration(nanoseconds: number): string {
  if (nanoseconds === 0) return '0s'
  if (nanoseconds < 0) return `-${goDuration(-nanoseconds)}`
  if (nanoseconds < 1e3) return `${nanoseconds}ns`
  if (nanoseconds < 1e6) return `${trim(nanoseconds / 1e3)}µs`
  if (nanoseconds < 1e9) return `${trim(nanoseconds / 1e6)}ms`
  const hours = Math.floor(nanoseconds / 3.6e12)
  const minutes = Math.floor(nanoseconds / 6e10) % 60
  const seconds = `${trim((nanoseconds % 6e10) / 1e9)}s`
  if (hours > 0) return `${hours}h${minutes}m${seconds}`
  return minutes > 0 ? `${minutes}m${seconds}` : seconds
}

function trim(value: number): string {
  return value.toFixed(9).replace(/\.?0+$/, '')
}

/** An RFC 3339 time as Go prints one: `2026-11-24 09:13:25.41970842 +0000 UTC`, in the local zone. */
export function goTime(rfc3339: string): string {
  const [, fraction = ''] = /\.(\d+)/.exec(rfc3339) ?? []
  const time = new Date(rfc3339)
  if (Number.isNaN(time.getTime())) return rfc3339
  const two = (value: number) => String(value).padStart(2, '0')
  const offset = -time.getTimezoneOffset()
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`
  const digits = fraction.replace(/0+$/, '')
  return `${date} ${clock}${digits ? `.${digits}` : ''} ${zone} ${zoneName(time)}`
}

function zoneName(time: Date): string {
  const part = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' })
    .formatToParts(time)
    .find(({ type }) => type === 'timeZoneName')
  return part?.value ?? 'UTC'
}

/** The first 12 digits of an id, without its algorithm. */
export function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 12)
}
