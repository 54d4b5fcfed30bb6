import { expect, test } from 'vitest'

import { describe, operationNames } from './index.ts'
import { openApi } from './openapi.ts'

interface Described {
  operationId: string
  'x-berth-alternative'?: string
  parameters: { name: string; in: string }[]
  responses: Record<string, unknown>
}

const document = openApi('1.0.0') as { paths: Record<string, Record<string, Described>> }

test.each(operationNames)('%s is in the document, with its success and its path fields', (name) => {
  const operation = describe(name)
  const described = document.paths[operation.path.replaceAll(':.*', '')]?.[operation.method.toLowerCase()]
  expect([described?.operationId, described?.['x-berth-alternative']]).toContain(name)
  const inPath = described?.parameters.filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name)
  expect(inPath).toEqual(Array.from(operation.path.matchAll(/\{(\w+)/g), ([, field]) => field))
  expect(Object.keys(described?.responses ?? {}).some((status) => status.startsWith('2'))).toBe(true)
})
