import { scale } from '../../engine/spec/size.ts'
import { _, format, language, ngettext } from './gettext.ts'

/** Makes formats of a kind, each once: to make one costs more than a row of a list. */
function cached<O extends object, F>(make: (language: string, options: O) => F): (options: O) => F {
  const known = new Map<string, F>()
  return (options) => {
    const key = language() + JSON.stringify(options)
    let found = known.get(key)
    if (found === undefined) known.set(key, (found = make(language(), options)))
    return found
  }
}

const numberFormat = cached((...of: [string, Intl.NumberFormatOptions]) => new Intl.NumberFormat(...of))
const timeFormat = cached((...of: [string, Intl.DateTimeFormatOptions]) => new Intl.DateTimeFormat(...of))
const agoFormat = cached((...of: [string, Intl.RelativeTimeFormatOptions]) => new Intl.RelativeTimeFormat(...of))
const listFormat = cached((...of: [string, Intl.ListFormatOptions]) => new Intl.ListFormat(...of))

const diskUnits = ['B', 'kB', 'MB', 'GB', 'TB'] as const
const memoryUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

const digits = (value: number) => (value < 10 ? 2 : value < 100 ? 1 : 0)

/** A size on disk or on the wire, in powers of 1000: `2.05 MB`. */
export const formatSize = (bytes: number): string => inUnits(bytes, 1000, diskUnits)

/** A size in memory, in powers of 1024: `64 MiB`. */
export const formatMemory = (bytes: number): string => inUnits(bytes, 1024, memoryUnits)

// Not Intl's units: those of memory are unknown to it, and both stand side by side with the same space in every language.
function inUnits(bytes: number, base: 1000 | 1024, units: readonly string[]): string {
  const [value, step] = scale(Math.max(0, bytes), base, units.length)
  return `${numberFormat({ maximumFractionDigits: step === 0 ? 0 : digits(value) }).format(value)} ${units[step]!}`
}

/** A rate, bytes per second: `3.1 MB/s`. */
export const formatRate = (bytesPerSecond: number): string => `${formatSize(bytesPerSecond)}/s`

/** A share given in percent: `12.3%`. */
export function formatPercent(percent: number): string {
  return numberFormat({ style: 'percent', maximumFractionDigits: Math.abs(percent) < 99.95 ? 1 : 0 }).format(percent / 100)
}

/** A plain number: `1,234`. */
export const formatNumber = (value: number): string => numberFormat({}).format(value)

/** A moment in full: `Nov 24, 2026, 8:42:38 AM`. */
export function formatMoment(time: Date): string {
  return timeFormat({ dateStyle: 'medium', timeStyle: 'medium' }).format(time)
}

/** The time of day: `8:42:38 AM`. */
export function formatClock(time: Date): string {
  return timeFormat({ timeStyle: 'medium' }).format(time)
}

const spans = [
  [60, 'second', 1],
  [3600, 'minute', 60],
  [86_400, 'hour', 3600],
  [30 * 86_400, 'day', 86_400],
  [365 * 86_400, 'month', 30 * 86_400],
  [Infinity, 'year', 365 * 86_400],
] as const

/** How long ago `time` was: `5 minutes ago`. */
export function formatAgo(time: Date, now: Date): string {
  const seconds = Math.round((time.getTime() - now.getTime()) / 1000)
  const [, unit, length] = spans.find(([limit]) => Math.abs(seconds) < limit)!
  return agoFormat({ numeric: 'auto' }).format(Math.trunc(seconds / length), unit)
}

/** A duration in milliseconds: `1.5 s`, `3 minutes`. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000
  if (seconds < 1) return ngettext('{n} ms', '{n} ms', Math.round(milliseconds))
  if (seconds < 120) return format(_('{seconds} s'), { seconds: formatNumber(Math.round(seconds * 10) / 10) })
  const minutes = Math.round(seconds / 60)
  return minutes < 120
    ? ngettext('{n} minute', '{n} minutes', minutes)
    : ngettext('{n} hour', '{n} hours', Math.round(minutes / 60))
}

/** A list in a sentence: `a, b, and c`. */
export const formatList = (items: readonly string[]): string => listFormat({}).format(items)

/** A moment as libpod writes it (RFC 3339, or seconds); undefined for Go's zero time and what is no time. */
export function parseTime(value: string | number): Date | undefined {
  const time = typeof value === 'number' ? new Date(value * 1000) : new Date(value.replace(/(\.\d{3})\d+/, '$1'))
  return Number.isNaN(time.getTime()) || time.getTime() <= 0 ? undefined : time
}
