import { expect, test } from 'vitest'

import { compareKeys, naturalKey } from './natural-key.ts'

const sorted = (...names: string[]) => names.toSorted((a, b) => compareKeys(naturalKey(a), naturalKey(b)))

test('names sort without case, and their numbers by value', () => {
  expect(sorted('web-10', 'Web-9', 'web-1', 'app', 'db')).toEqual(['app', 'db', 'web-1', 'Web-9', 'web-10'])
  expect(sorted('1.10', '1.9', '1.9.1', '2', '1.09')).toEqual(['1.9', '1.09', '1.9.1', '1.10', '2'])
  expect(sorted('b', '10', 'a1', 'a', '9')).toEqual(['9', '10', 'a', 'a1', 'b'])
})

test('a number of any length is compared', () => {
  const long = '9'.repeat(70)
  expect(sorted(`a${long}0`, `a${long}`, 'a5')).toEqual(['a5', `a${long}`, `a${long}0`])
})
