import { expect, test } from 'vitest'

import { rootCause } from './root-cause.ts'

test.each([
  ['no container with name or ID "x" found: no such container', 'no such container'],
  ['image not known', 'image not known'],
  ['nothing listens there', 'nothing listens there'],
  ['not invalid argument', 'not invalid argument'],
])('the root of %j is %j', (text, cause) => {
  expect(rootCause(text)).toBe(cause)
})
