import { expect, test } from 'vitest'

import { globMatcher } from './glob.ts'

test.each([
  ['a*c', 'abbc', true],
  ['a*c', 'abcd', false],
  ['*', '', true],
  ['**b', 'aab', true],
  ['a*b*c', 'a1b2b3c', true],
  ['a*b*c', 'a1c2b', false],
  ['a.c', 'abc', false],
  ['a?c', 'abc', false],
  ['[a]', 'a', false],
])('only * is special: %s fits %s: %s', (pattern, text, fits) => {
  expect(globMatcher(pattern)(text)).toBe(fits)
})

test.each([
  ['a/*', 'a/b', true],
  ['a/*', 'a/b/c', false],
  ['*/c', 'a/c', true],
  ['*/c', 'a/b/c', false],
  ['*b/*c', 'ab/xc', true],
  ['*b/*c', 'ab/b/c', false],
  ['a?c', 'abc', true],
  ['a?c', 'a/c', false],
  ['[a-c]x', 'bx', true],
  ['[^a-c]x', 'bx', false],
  ['[^a-c]x', 'dx', true],
])('as in paths: %s fits %s: %s', (pattern, text, fits) => {
  expect(globMatcher(pattern, { letters: true, path: true })(text)).toBe(fits)
})

test('a pattern that would keep a regular expression busy for years is answered at once', () => {
  const begin = performance.now()
  expect(globMatcher(`${'a*'.repeat(60)}b`)('a'.repeat(20_000))).toBe(false)
  expect(performance.now() - begin).toBeLessThan(2000)
  expect(() => globMatcher('[a', { letters: true })).toThrow('a [ has no ]')
})
