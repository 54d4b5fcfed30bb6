import { expect, test } from 'vitest'

import { pluralRule } from './plural.ts'

test.each([
  ['nplurals=2; plural=n != 1;', [0, 1, 2, 5], [1, 0, 1, 1]],
  ['nplurals=2; plural=n > 1;', [0, 1, 2], [0, 0, 1]],
  ['nplurals=1; plural=0;', [0, 1, 7], [0, 0, 0]],
  [
    'nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);',
    [1, 11, 21, 3, 13, 25],
    [0, 2, 0, 1, 2, 2],
  ],
])('%s', (header, numbers, forms) => {
  expect(numbers.map(pluralRule(header))).toEqual(forms)
})

test('a rule that cannot be read, or that leads nowhere, is as English’s or the first', () => {
  expect([1, 2].map(pluralRule('nplurals=2; plural=alert(1);'))).toEqual([0, 1])
  expect([1, 2].map(pluralRule('nplurals=2; plural=n*7;'))).toEqual([0, 0])
})
