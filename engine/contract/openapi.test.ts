import { expect, test } from 'vitest'

import { dockerOperationNames, dockerOperations } from './docker/index.ts'
import { describe, type Operation, operationNames } from './index.ts'
import { openApi } from './openapi.ts'

interface Described {
  operationId: string
  'x-berth-alternative'?: string
  parameters: { name: string; in: string }[]
  responses: Record<string, unknown>
}

const document = openApi('1.0.0') as { paths: Record<string, Record<string, Described>> }

const every: [string, Operation][] = [
  ...operationNames.map((name): [string, Operation] => [name, describe(name)]),
  ...dockerOperationNames.map((name): [string, Operation] => [name, dockerOperations[name]]),
]

test.each(every)('%s is in the document, with its success and its path fields', (name, operation) => {
  const described = document.paths[operation.path.replaceAll(':.*', '')]?.[operation.method.toLowerCase()]
  expect([described?.operationId, described?.['x-berth-alternative']]).toContain(name)
  for (const alias of operation.aliases ?? []) expect(document.paths).toHaveProperty([alias.replaceAll(':.*', '')])
  const inPath = described?.parameters.filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name)
  expect(inPath).toEqual(Array.from(operation.path.matchAll(/\{(\w+)/g), ([, field]) => field))
  expect(Object.keys(described?.responses ?? {}).some((status) => status.startsWith('2'))).toBe(true)
})

test('every operation of the document has an id of its own', () => {
  const ids = Object.values(document.paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId))
  expect(ids.length).toBe(new Set(ids).size)
})
