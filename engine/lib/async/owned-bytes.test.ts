import { expect, test } from 'vitest'
import { freeBytes, ownBytes } from './owned-bytes.ts'

test('bytes that are a part of larger memory, or that nobody gave away, stay', () => {
  const whole = new Uint8Array(100_000).fill(7)
  const part = whole.subarray(0, 60_000)
  ownBytes(part)
  freeBytes(part)
  freeBytes(whole)
  expect([part.length, whole[99_999]]).toEqual([60_000, 7])
  ownBytes(whole)
  freeBytes(whole)
  expect(whole.length).toBe(0)
})
