import { expect, test } from 'vitest'

import { EngineError, fromWire, toWire } from '../../errors/index.ts'
import { diskFailure, failureIn } from './disk-failure.ts'

const failure = (code: string, path?: string): Error => Object.assign(new Error(code), { code, ...(path ? { path } : {}) })

test.each([
  ['ENOSPC', 'DiskFull', /holds \/s is full: remove/],
  ['EDQUOT', 'DiskFull', /quota where \/s is .*raise it/],
  ['EROFS', 'StoreUnavailable', /holds \/s is mounted read-only: mount/],
  ['EIO', 'StoreUnavailable', /holds \/s fails .*dmesg/],
])('%s is told with its folder and the way out', (errno, code, text) => {
  expect(diskFailure(failure(errno), '/s')).toMatchObject({
    code,
    message: expect.stringMatching(text),
    details: { path: '/s', errno },
  })
  expect(diskFailure(failure(errno, '/s'), '/other')).toMatchObject({ details: { path: '/s' } })
})

test('a failure that names no folder gets one, others stay', () => {
  expect(failureIn('/s', diskFailure(failure('ENOSPC')))).toMatchObject({ details: { path: '/s' } })
  expect(failureIn('/s', diskFailure(failure('ENOSPC', '/t')))).toMatchObject({ details: { path: '/t' } })
  const fromThread = fromWire(507, toWire(diskFailure(failure('EDQUOT'))!))
  expect(failureIn('/s', fromThread)).toMatchObject({ message: expect.stringMatching(/quota where \/s/) })
  const other = new EngineError('PortInUse', 'x')
  expect(failureIn('/s', other)).toBe(other)
  expect(diskFailure(failure('EACCES'))).toBeUndefined()
  expect(diskFailure(undefined)).toBeUndefined()
})
