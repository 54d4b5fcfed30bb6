import * as v from 'valibot'
import { expect, test } from 'vitest'

import { dockerOperations } from './docker/index.ts'
import { describe, operationNames, withoutNulls } from './index.ts'
import type { Operation, Schema } from './operation.ts'

const schema = v.looseObject({
  text: v.optional(v.string()),
  list: v.optional(v.nullable(v.array(v.looseObject({ port: v.optional(v.number()) })))),
  labels: v.optional(v.record(v.string(), v.string())),
})

test('null for what cannot be null is not given, at any depth; null that means something stays', () => {
  expect(withoutNulls(schema, { text: null, list: null, other: null })).toEqual({ list: null, other: null })
  expect(withoutNulls(schema, { list: [{ port: null }, { port: 1 }], TEXT: null })).toEqual({ list: [{}, { port: 1 }] })
  expect(withoutNulls(schema, { labels: { a: null, b: 'c' } })).toEqual({ labels: { b: 'c' } })
})

test('a body without such nulls is not copied', () => {
  const body = { text: 'a', list: [{ port: 1 }] }
  expect(withoutNulls(schema, body)).toBe(body)
})

test.each([null, 7, 'a', [1]])('what is no object (%j) stays as it is', (value) => {
  expect(withoutNulls(schema, value)).toBe(value)
})

const withBody: [string, Operation][] = [
  ...operationNames.map((name): [string, Operation] => [name, describe(name)]),
  ...Object.entries<Operation>(dockerOperations),
].filter(([, { body }]) => typeof body === 'object')

test.each(withBody)('%s takes null for every field that may be left out', (_name, { body }) => {
  const entries = Object.entries((body as unknown as { entries?: Record<string, Schema> }).entries ?? {})
  const optional = entries.filter(([, field]) => v.is(field, undefined)).map(([field]) => [field, null])
  expect(v.safeParse(body as Schema, withoutNulls(body as Schema, Object.fromEntries(optional)))).toMatchObject(
    entries.length === optional.length ? { success: true } : {},
  )
})
