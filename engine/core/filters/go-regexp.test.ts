import { expect, test } from 'vitest'

import { goRegExp } from './go-regexp.ts'

test.each([
  ['^1\\.13\\.[12]-alpine-perl$', ['1.13.1-alpine-perl'], ['1.13.3-alpine-perl', '1x13.1-alpine-perl']],
  ['(?i)^latest$', ['latest', 'LATEST'], ['x-latest']],
  ['^a(?i)b|C$', ['aB', 'xc'], ['AB']],
  ['^(a(?i)b)c$', ['aBc'], ['abC']],
  ['^(?i:V)\\d+', ['v1', 'V2'], ['x1']],
  ['^[[:alpha:]_]+$', ['abc_'], ['abc1']],
  ['^[^[:digit:]]+$', ['abc'], ['a1']],
  ['\\A1\\z', ['1'], ['11']],
  ['^\\Qv1.0\\E$', ['v1.0'], ['v1x0']],
  ['^(?P<major>\\d+)\\.(?<minor>\\d+)$', ['1.2'], ['1']],
  ['^v\\-1\\_$', ['v-1_'], ['v1']],
  ['^[]a]+$', [']a'], ['b']],
  ['^a{2,3}$', ['aa', 'aaa'], ['a']],
  ['^\\pL+\\x31$', ['é1'], ['2']],
  ['', ['anything'], []],
  ['^[[:^alpha:]]+$', ['12'], ['a']],
  ['^(a+)+$', ['a'.repeat(50)], [`${'a'.repeat(50)}!`]],
])('%s', async (text, fits, others) => {
  const pattern = await goRegExp(text)
  for (const each of fits) expect(pattern.test(each), each).toBe(true)
  for (const each of others) expect(pattern.test(each), each).toBe(false)
})

test.each([
  ['[', 'missing closing ]: `[`'],
  ['(a', 'missing closing )'],
  ['a)', 'unexpected )'],
  ['^(?!latest)', 'invalid or unsupported Perl syntax: `(?!`'],
  ['(?<=a)b', 'invalid named capture: `(?<=a)b`'],
  ['(a)\\1', 'invalid escape sequence: `\\1`'],
  ['[[:nope:]]', 'invalid character class range: `[:nope:]`'],
  ['*', 'error parsing regexp'],
  ['a\\', 'trailing backslash'],
  ['x'.repeat(2000), 'longer than'],
])('%j is refused', async (text, words) => {
  await expect(goRegExp(text)).rejects.toThrow(
    expect.objectContaining({ code: 'InvalidArgument', message: expect.stringContaining(words) }),
  )
})
