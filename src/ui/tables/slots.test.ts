import { expect, test } from 'vitest'

import { assignSlots } from './slots.ts'

const nobody = () => false
const slots = (text: string) => new Map(text.split('').map((key, index) => [key, index]))

test('rows that stay keep their number; those that come take the numbers of those that are gone, in their order', () => {
  expect([...assignSlots(slots('abcd'), ['b', 'x', 'y', 'd'], nobody)]).toEqual([
    ['b', 1],
    ['x', 0],
    ['y', 2],
    ['d', 3],
  ])
})

test('what scrolls needs no more numbers than rows are rendered', () => {
  let now: ReadonlyMap<string, number> = slots('abc')
  for (const keys of ['bcd', 'cde', 'def']) now = assignSlots(now, keys.split(''), nobody)
  expect(Math.max(...now.values())).toBe(2)
})

test('nobody takes over the elements of a row that is held', () => {
  const after = assignSlots(slots('abc'), ['x', 'y', 'z'], (key) => key === 'b')
  expect([...after.values()]).toEqual([0, 2, 3])
})
