import { expect, test } from 'vitest'

import { durationOf, formatDuration, humanDuration, parseDuration } from './duration.ts'

// As `podman create --health-interval` 5.4.2 takes them.
test.each([
  ['30s', 30e9],
  ['1m30s', 90e9],
  ['1h', 3600e9],
  ['1h30m', 5400e9],
  ['0', 0],
  ['-1s', -1e9],
  ['+1s', 1e9],
  ['1.5s', 1.5e9],
  ['.5s', 0.5e9],
  ['1.s', 1e9],
  ['250ms', 250e6],
  ['5us', 5000],
  ['5µs', 5000],
  ['1.5ns', 1],
  ['999999h', 3_599_996_400_000_000_000],
])('%j is %d nanoseconds', (text, nanoseconds) => {
  expect(parseDuration(text)).toBe(nanoseconds)
  expect(durationOf(text)).toBe(nanoseconds)
})

test.each([
  ['', 'invalid duration ""'],
  ['abc', 'invalid duration "abc"'],
  [' 1s', 'invalid duration " 1s"'],
  ['s', 'invalid duration "s"'],
  ['-', 'invalid duration "-"'],
  ['.s', 'invalid duration ".s"'],
  ['5', 'missing unit in duration "5"'],
  ['1.', 'missing unit in duration "1."'],
  ['1s1', 'missing unit in duration "1s1"'],
  ['1x', 'unknown unit "x" in duration "1x"'],
  ['1d', 'unknown unit "d" in duration "1d"'],
  ['1h x', 'unknown unit "h x" in duration "1h x"'],
  ['1constructor', 'unknown unit "constructor" in duration "1constructor"'],
  ['300000000h', 'invalid duration "300000000h"'],
])('%j is refused with Go’s message', (text, words) => {
  expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'InvalidArgument', message: `time: ${words}` }))
  expect(durationOf(text)).toBeUndefined()
})

test.each([
  [0, '0s'],
  [999, '999ns'],
  [1500, '1.5µs'],
  [350e6, '350ms'],
  [38_940_154, '38.940154ms'],
  [3_272_752_514, '3.272752514s'],
  [63e9, '1m3s'],
  [62.5e9, '1m2.5s'],
  [3600e9, '1h0m0s'],
  [3723.5e9, '1h2m3.5s'],
  [-1.5e9, '-1.5s'],
])('%d nanoseconds are %s', (nanoseconds, text) => expect(formatDuration(nanoseconds)).toBe(text))

test.each([
  [0.4, 'Less than a second'],
  [1.9, '1 second'],
  [59, '59 seconds'],
  [61, 'About a minute'],
  [3599, '59 minutes'],
  [3600, 'About an hour'],
  [47 * 3600, '47 hours'],
  [10 * 86_400, '10 days'],
  [20 * 86_400, '2 weeks'],
  [100 * 86_400, '3 months'],
  [800 * 86_400, '2 years'],
])('%d s is %s', (seconds, said) => expect(humanDuration(seconds)).toBe(said))
