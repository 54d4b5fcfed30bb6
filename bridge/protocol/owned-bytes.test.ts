import { expect, test } from 'vitest'
import { allocateBytes, freeBytes, ownBytes } from './index.ts'

test('the memory of owned bytes is given back, with all views of it', () => {
  const bytes = allocateBytes(100_000)
  const view = bytes.subarray(10, 20)
  freeBytes(view)
  expect([bytes.length, view.length]).toEqual([0, 0])
  freeBytes(bytes)
})

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
