import { expect, test } from 'vitest'

import { linePath } from './sparkline.tsx'
import { niceTicks } from './ticks.ts'

test('ticks are round and reach the highest value', () => {
  expect(niceTicks(37)).toEqual([0, 10, 20, 30, 40])
  expect(niceTicks(100)).toEqual([0, 25, 50, 75, 100])
  expect(niceTicks(512 * 1024 ** 2, true)).toEqual([0, 128, 256, 384, 512].map((each) => each * 1024 ** 2))
  expect(niceTicks(3.2 * 1024 ** 3, true)).toEqual([0, 1, 2, 3, 4].map((each) => each * 1024 ** 3))
})

test('a sparkline ends at the right edge, and one of nothing but zeros is a line', () => {
  expect(linePath([0, 10], 3, 10)).toBe('M42.0 16.5L84.0 1.5')
  expect(linePath([0, 0], 2, 0)).not.toContain('NaN')
})
