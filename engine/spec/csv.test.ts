import { expect, test } from 'vitest'

import { csvLine } from './csv.ts'

test('cells are quoted where they must be, and no name is a formula', () => {
  expect(csvLine(['a,b', '-1', '@x', '=1+1', 'plain', 12, -3.5, undefined, 'say "x"\n'])).toBe(
    `"a,b",'-1,'@x,'=1+1,plain,12,-3.5,,"say ""x""\n"\r\n`,
  )
})
