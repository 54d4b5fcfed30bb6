import { afterEach, expect, test } from 'vitest'

import { shortId } from '../../engine/spec/name.ts'
import { formatAgo, formatDuration, formatMemory, formatPercent, formatRate, formatSize, parseTime } from './format.ts'
import { setCatalogue } from './gettext.ts'

afterEach(() => setCatalogue())

test('disk sizes go by 1000, memory by 1024', () => {
  expect([0, 999, 2_049_132, 187_000_000, 6_120_000_000].map(formatSize)).toEqual([
    '0 B',
    '999 B',
    '2.05 MB',
    '187 MB',
    '6.12 GB',
  ])
  expect([0, 1023, 64 * 1024 ** 2, 1.5 * 1024 ** 3].map(formatMemory)).toEqual(['0 B', '1,023 B', '64 MiB', '1.5 GiB'])
  expect(formatRate(17_500_000)).toBe('17.5 MB/s')
})

test('a size is written alike in every language, whether of disk or memory', () => {
  setCatalogue({ language: 'ko', pluralForms: 'nplurals=1; plural=0;', messages: {} })
  expect([formatSize(0), formatSize(2_049_132), formatMemory(64 * 1024 ** 2)]).toEqual(['0 B', '2.05 MB', '64 MiB'])
})

test('percents have a decimal only where it matters', () => {
  expect([0, 0.34, 12.34, 99.99, 250].map(formatPercent)).toEqual(['0%', '0.3%', '12.3%', '100%', '250%'])
})

test('a duration’s unit is translated', () => {
  expect([formatDuration(21_900), formatDuration(180_000)]).toEqual(['21.9 s', '3 minutes'])
  setCatalogue({ language: 'ko', pluralForms: 'nplurals=1; plural=0;', messages: { '{seconds} s': ['{seconds}초'] } })
  expect(formatDuration(21_900)).toBe('21.9초')
})

test('times ago are in the largest unit that fits, in the language shown', () => {
  const now = new Date('2026-11-24T12:00:00Z')
  const ago = (text: string) => formatAgo(new Date(text), now)
  expect([
    ago('2026-11-24T11:59:50Z'),
    ago('2026-11-24T10:30:00Z'),
    ago('2026-11-20T12:00:00Z'),
    ago('2024-01-01T00:00:00Z'),
  ]).toEqual(['10 seconds ago', '1 hour ago', '4 days ago', '2 years ago'])
  setCatalogue({ language: 'ko', pluralForms: 'nplurals=1; plural=0;', messages: {} })
  expect(ago('2026-11-24T11:55:00Z')).toBe('5분 전')
})

test('Go’s zero time is no time, and nanoseconds are read', () => {
  expect(parseTime('0001-01-01T00:00:00Z')).toBeUndefined()
  expect(parseTime(-62_135_596_800)).toBeUndefined()
  expect(parseTime('nonsense')).toBeUndefined()
  expect(parseTime('2026-11-24T08:42:38.834525263Z')?.getTime()).toBe(Date.UTC(2026, 10, 24, 8, 42, 38, 834))
  expect(parseTime(1_795_509_758)?.getTime()).toBe(1_795_509_758_000)
})

test('an id is shortened as people know it', () => {
  expect(shortId(`sha256:${'ab'.repeat(32)}`)).toBe('abababababab')
})
