import { expect, test } from 'vitest'

import { parseStatistics } from './criu-statistics.ts'

const times = { freezing_time: 300, frozen_time: 5, memdump_time: 0, memwrite_time: 0, pages_scanned: 0, pages_written: 9 }

test('the numbers of a dump, and of a restore', () => {
  expect(parseStatistics(Uint8Array.of(0x0a, 7, 0x08, 0xac, 0x02, 0x10, 5, 0x38, 9))).toEqual(times)
  expect(parseStatistics(Uint8Array.of(0x12, 4, 0x20, 7, 0x28, 1))).toEqual({
    forking_time: 0,
    restore_time: 7,
    pages_restored: 1,
  })
})

test('fields of newer versions are left out, and what is no such message is none', () => {
  expect(parseStatistics(Uint8Array.of(0x0a, 11, 0x08, 0xac, 0x02, 0x10, 5, 0x38, 9, 0x78, 1, 0x78, 2))).toEqual(times)
  for (const bytes of [[], [0x0a], [0x0a, 9, 1], [0x1a, 0], [0x0a, 2, 0x0a, 0], [0x0a, 2, 0x08, 0x80]])
    expect(parseStatistics(Uint8Array.from(bytes))).toBeNull()
})
