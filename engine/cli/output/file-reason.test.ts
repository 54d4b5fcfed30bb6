import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

import { fileReason } from './file-reason.ts'

test.each([
  ['/no/such/file, open here', 'no such file or directory'],
  ['/etc/passwd/x', 'not a directory'],
  ['/', 'illegal operation on a directory'],
])('%s: %s', (path, reason) => {
  let failure: unknown
  try {
    readFileSync(path)
  } catch (error) {
    failure = error
  }
  expect(fileReason(failure)).toBe(reason)
})

test('other errors are as they are', () => {
  expect(fileReason(new Error('it is too large, by far'))).toBe('it is too large, by far')
})
