import { expect, test } from 'vitest'

import { EngineError } from '../errors/index.ts'
import { engineFailure } from './system-failure.ts'

test('a full disk is named wherever it was met', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', path: '/store/x' })
  expect(engineFailure(full)).toMatchObject({ code: 'DiskFull', details: { path: '/store/x' } })
  expect(engineFailure(new AggregateError([new Error('a'), full])).code).toBe('DiskFull')
})

test('other failures stay what they are', () => {
  const named = new EngineError('PortInUse', 'x')
  expect(engineFailure(named)).toBe(named)
  expect(engineFailure(new TypeError('x')).code).toBe('Internal')
  expect(engineFailure(undefined).code).toBe('Internal')
})
