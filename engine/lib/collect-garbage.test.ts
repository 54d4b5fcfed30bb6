import { expect, test } from 'vitest'

import { collectGarbage } from './collect-garbage.ts'

test('what nobody needs is gone at once', () => {
  const left = (): boolean => garbage.deref() !== undefined
  const garbage = make()
  expect(left()).toBe(true)
  return new Promise<void>((resolve) => {
    // What was looked at is kept until the end of the turn.
    setImmediate(() => {
      collectGarbage()
      expect(left()).toBe(false)
      resolve()
    })
  })
})

const make = (): WeakRef<object> => new WeakRef({ some: 'object' })
