import { expect, test } from 'vitest'

import { covers, offsetsOf, piecesOf, rangeBetween, towards } from './virtual-range.ts'

const keys = ['a', 'b', 'c', 'd', 'e']
// Tops: a 0, b 10, c 40, d 50, e 60; all: 70.
const offsets = offsetsOf(keys, new Map([['b', 30]]), 10)

test('rows that were measured have their height, others the estimate', () => {
  expect([...offsets]).toEqual([0, 10, 40, 50, 60, 70])
})

test('a range has every row that is in sight, if only in part', () => {
  expect(rangeBetween(offsets, 0, 10)).toEqual({ first: 0, end: 1 })
  expect(rangeBetween(offsets, 39, 51)).toEqual({ first: 1, end: 4 })
  expect(rangeBetween(offsets, 40, 50)).toEqual({ first: 2, end: 3 })
  expect(rangeBetween(offsets, -100, 1000)).toEqual({ first: 0, end: 5 })
  expect(rangeBetween(offsets, 500, 600).end).toBe(5)
  expect(rangeBetween(offsetsOf([], new Map(), 10), 0, 100)).toEqual({ first: 0, end: 0 })
})

test('what is not rendered is a gap of its height, and a kept row is rendered wherever it is', () => {
  expect(piecesOf(offsets, { first: 1, end: 3 }, [])).toEqual([
    { gap: 10, before: 1 },
    { index: 1 },
    { index: 2 },
    { gap: 20, before: 5 },
  ])
  expect(piecesOf(offsets, { first: 3, end: 4 }, [0, 3, 9])).toEqual([
    { index: 0 },
    { gap: 40, before: 3 },
    { index: 3 },
    { gap: 10, before: 5 },
  ])
  expect(piecesOf(offsets, { first: 0, end: 1 }, [4])).toEqual([{ index: 0 }, { gap: 50, before: 4 }, { index: 4 }])
})

test('while it scrolls, a range follows what is wanted by a few rows at once', () => {
  const wanted = { first: 20, end: 50 }
  expect(towards({ first: 10, end: 40 }, wanted)).toEqual({ first: 12, end: 42 })
  expect(towards({ first: 18, end: 52 }, wanted)).toEqual({ first: 18, end: 52 })
  expect(towards({ first: 25, end: 60 }, wanted)).toEqual({ first: 23, end: 58 })
  const range = { first: 19, end: 51 }
  expect(towards(range, wanted)).toBe(range)
  expect(covers(range, { first: 25, end: 45 }, wanted)).toBe(true)
  expect(covers(range, { first: 10, end: 45 }, wanted)).toBe(false)
  expect(covers({ first: 0, end: 90 }, { first: 25, end: 45 }, wanted)).toBe(false)
})
