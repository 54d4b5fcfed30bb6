import { UsageError } from '../parse/usage-error.ts'

const units: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** The value of a flag that is a duration of Go's (`1m30s`), in milliseconds. @throws UsageError naming the flag, in Go's words */
export function milliseconds(given: string, flag: string): number {
  const refuse = (why: string): UsageError =>
    new UsageError(`invalid argument "${given}" for "--${flag}" flag: time: ${why} ${JSON.stringify(given)}`)
  const [, sign, rest = ''] = /^([-+]?)(.*)$/s.exec(given) ?? []
  if (rest === '0') return 0
  const parts = /^((\d+(\.\d*)?|\.\d+)([^\d.]*))+$/.test(rest) ? rest.matchAll(/([\d.]+)([^\d.]*)/g) : undefined
  if (!parts) throw refuse('invalid duration')
  let total = 0
  for (const [, number, unit = ''] of parts) {
    if (unit === '') throw refuse('missing unit in duration')
    const factor = Object.hasOwn(units, unit) ? units[unit] : undefined
    if (factor === undefined) throw refuse(`unknown unit ${JSON.stringify(unit)} in duration`)
    total += Number(number) * factor
  }
  return sign === '-' ? -total : total
}
