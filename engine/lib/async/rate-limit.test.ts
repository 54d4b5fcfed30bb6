import { expect, test } from 'vitest'
import { rateLimit } from './rate-limit.ts'

test('so often at once, then so often a second, for each key by itself', () => {
  let now = 0
  const may = rateLimit({ burst: 3, perSecond: 2 }, () => now)
  expect([may('a'), may('a'), may('a'), may('a'), may('b')]).toEqual([true, true, true, false, true])
  now = 499
  expect(may('a')).toBe(false)
  now = 1000
  expect([may('a'), may('a'), may('a')]).toEqual([true, true, false])
  now = 60_000
  expect(Array.from({ length: 5 }, () => may('a'))).toEqual([true, true, true, false, false])
})

test('keys without end do not take memory without end, and those in use are kept', () => {
  const may = rateLimit({ burst: 1, perSecond: 0 }, () => 0)
  expect(may('busy')).toBe(true)
  for (let n = 0; n < 50_000; n += 1) {
    may(`k${n}`)
    if (n % 1000 === 0) expect(may('busy')).toBe(false)
  }
})
