import { UsageError } from '../parse/usage-error.ts'

const factors: Record<string, number> = { '': 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4, p: 1024 ** 5 }

/** `512m`, `1.5g`, `100` (bytes) in bytes. @throws UsageError naming the flag. */
export function parseSize(size: string, flag: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?) ?([bkmgtp]?)(?:i?b)?$/i.exec(size.trim()) ?? []
  if (digits === undefined) throw new UsageError(`invalid argument "${size}" for "${flag}" flag: invalid size: '${size}'`)
  return Math.floor(Number(digits) * (factors[unit.toLowerCase()] ?? 1))
}

const durations: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 6e10, h: 3.6e12 }

/** `1m30s` in nanoseconds. @throws UsageError naming the flag. */
export function parseNanoseconds(text: string, flag: string): number {
  if (/^\d+$/.test(text)) return Number(text) * 1e9
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(text))
    throw new UsageError(`invalid argument "${text}" for "${flag}" flag: time: invalid duration "${text}"`)
  return Array.from(
    text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g),
    ([, value, unit]) => Number(value) * (durations[unit ?? 's'] ?? 0),
  ).reduce((a, b) => a + b, 0)
}
