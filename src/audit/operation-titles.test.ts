import { expect, test } from 'vitest'

import { auditRule, describe, operationNames } from '../../engine/contract/index.ts'
import { operationTitle } from './operation-titles.ts'

test('each operation that the audit log records has a title', () => {
  const recorded = operationNames.filter((name) => auditRule(describe(name)) !== undefined)
  expect(recorded.length).toBeGreaterThan(50)
  expect(recorded.filter((name) => operationTitle(name) === undefined)).toEqual([])
  expect(operationTitle('constructor')).toBeUndefined()
})
