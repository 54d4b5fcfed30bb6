import type { EngineError } from '../errors/index.ts'
import { badValue } from './bad-value.ts'

const units: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 }
/** Go keeps a duration in 64 bits, and refuses what is longer (292 years). */
const tooLong = 2 ** 63
const part = /(\d+(?:\.\d*)?|\.\d+)([^\d.]*)/y

/** Nanoseconds from `1h30m` or `-1.5s`, as Go's time.ParseDuration reads them. @throws EngineError `InvalidArgument`, with Go's message. */
export function parseDuration(text: string): number {
  const found = read(text)
  if (typeof found === 'number') return found
  throw found
}

/** The same; undefined for a text that is no duration. */
export function durationOf(text: string): number | undefined {
  const found = read(text)
  return typeof found === 'number' ? found : undefined
}

function read(text: string): number | EngineError {
  const [, sign, body = ''] = /^([-+]?)(.*)$/s.exec(text) ?? []
  if (body === '0') return 0
  let total = 0
  part.lastIndex = 0
  while (part.lastIndex < body.length) {
    const [, number, unit = ''] = part.exec(body) ?? []
    if (number === undefined) return badValue('time: invalid duration "{duration}"', { duration: text })
    if (unit === '') return badValue('time: missing unit in duration "{duration}"', { duration: text })
    const factor = Object.hasOwn(units, unit) ? units[unit] : undefined
    if (factor === undefined) return badValue('time: unknown unit "{unit}" in duration "{duration}"', { unit, duration: text })
    total += Number(number) * factor
  }
  if (body === '' || total >= tooLong) return badValue('time: invalid duration "{duration}"', { duration: text })
  return Math.trunc(sign === '-' ? -total : total)
}

/** Writes nanoseconds as Go's Duration.String does: `1h2m3.5s`, `350ms`, `0s`. */
export function formatDuration(nanoseconds: number): string {
  if (nanoseconds === 0) return '0s'
  const sign = nanoseconds < 0 ? '-' : ''
  const size = Math.round(Math.abs(nanoseconds))
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

/** A duration as Docker's tools print it: `About a minute`, `3 weeks`. @param seconds may be a fraction. */
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

/** The age of a time in milliseconds since the epoch. */
export function ago(milliseconds: number, now = Date.now()): string {
  return `${humanDuration((now - milliseconds) / 1000)} ago`
}

/** What a container's state is made of. Times are seconds since the epoch. */
export interface StateFacts {
  state: string
  startedAt: number
  exitedAt: number
  exitCode: number
  /** Of its health check, where it has one. */
  health: string
}

/** A container's state with how long it has lasted: `Up 3 minutes`, `Exited (0) 2 hours ago`. */
export function stateText({ state, startedAt, exitedAt, exitCode, health }: StateFacts, now = Date.now()): string {
  const since = (seconds: number) => humanDuration(now / 1000 - seconds)
  const healthy = /^(healthy|unhealthy|starting)$/.test(health) ? ` (${health})` : ''
  if (state === 'running') return `Up ${since(startedAt)}${healthy}`
  if (state === 'exited' || state === 'stopped') return `Exited (${exitCode}) ${since(exitedAt)} ago`
  return state.charAt(0).toUpperCase() + state.slice(1)
}
