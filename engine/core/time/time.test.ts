import { expect, test } from 'vitest'

import { nowNano } from '../../store/index.ts'
import { parseMoment } from './moment.ts'
import { parseRfc3339 } from './nanos.ts'

test('RFC 3339 keeps nanoseconds and time zones', () => {
  expect(parseRfc3339('2026-11-24T08:42:38.834525263Z')).toBe(1795509758834525263n)
  expect(parseRfc3339('2026-11-24T09:42:38.5+01:00')).toBe(1795509758500000000n)
  expect(parseRfc3339('2026-11-24')).toBeNull()
  expect(parseRfc3339('2026-13-24T08:42:38Z')).toBeNull()
})

test('a time that no clock can hold is refused', () => {
  const long = `${'9'.repeat(400)}h`
  expect(() => parseMoment(long, 'since')).toThrow(expect.objectContaining({ code: 'InvalidArgument' }))
})

test('moments are absolute, or durations back from now or on from now', () => {
  expect(parseMoment('1795509758.5', 'since')).toBe(1795509758500000000n)
  expect(parseMoment('2026-11-24T08:42:38Z', 'since')).toBe(1795509758000000000n)
  const back = nowNano() - parseMoment('10m', 'since')
  expect(Number(back) / 1e9).toBeCloseTo(600, 0)
  const on = parseMoment('10m', 'until', true) - nowNano()
  expect(Number(on) / 1e9).toBeCloseTo(600, 0)
  expect(() => parseMoment('soon', 'since')).toThrow(
    expect.objectContaining({ code: 'InvalidArgument', details: { field: 'since', value: 'soon' } }),
  )
})
