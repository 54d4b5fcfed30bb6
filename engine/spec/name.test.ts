import { expect, test } from 'vitest'

import { checkHostname, checkName, isName, shortId } from './name.ts'

// As `podman create --name` 5.4.2 takes them, but that ours end at 255 characters.
test.each(['a', 'A_b.c-d', '0', 'a'.repeat(255)])('%s is a name', (name) => {
  expect(isName(name)).toBe(true)
  expect(() => checkName(name)).not.toThrow()
})

test.each(['', '-x', '_x', '.x', 'a/b', 'a b', 'é', 'a:b', 'a\n'])('%j is none', (name) => {
  expect(isName(name)).toBe(false)
  expect(() => checkName(name)).toThrow(expect.objectContaining({ code: 'NameInvalid' }))
  expect(() => checkName(name)).toThrow('names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument')
})

test('host names', () => {
  for (const name of ['my_h', 'a.b', 'é'.repeat(32)]) expect(checkHostname(name)).toBe(name)
  expect(() => checkHostname('é'.repeat(33))).toThrow('it has 66 bytes, and 64 is the most')
  for (const name of ['a b', 'a#b', 'a\u0001']) expect(() => checkHostname(name)).toThrow('it has white space or #')
})

test('an id in short', () => {
  expect(shortId(`sha256:${'ab'.repeat(32)}`)).toBe('abababababab')
})

test('a name that is too long is told so', () => {
  expect(isName('a'.repeat(256))).toBe(false)
  expect(() => checkName('a'.repeat(256))).toThrow('is invalid: it has 256 characters, and 255 is the most.')
})
