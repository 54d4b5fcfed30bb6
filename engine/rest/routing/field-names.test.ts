import * as v from 'valibot'
import { expect, test } from 'vitest'

import { withFieldNames } from './field-names.ts'

const Check = v.optional(v.nullable(v.looseObject({ Interval: v.number() })))
const schema = v.looseObject({
  image: v.string(),
  healthconfig: Check,
  mounts: v.array(v.looseObject({ Source: v.string() })),
  env: v.record(v.string(), v.string()),
  networks: v.record(v.string(), v.looseObject({ aliases: v.array(v.string()) })),
})

test('fields are named as the schema names them, at any depth', () => {
  const value = {
    Image: 'a',
    healthconfig: { interval: 1 },
    mounts: [{ source: '/a' }],
    env: { image: 'x', IMAGE: 'y' },
    networks: { N: { Aliases: ['b'] } },
    Other: 1,
  }
  const before = structuredClone(value)
  expect(withFieldNames(schema, value)).toEqual({
    image: 'a',
    healthconfig: { Interval: 1 },
    mounts: [{ Source: '/a' }],
    env: { image: 'x', IMAGE: 'y' },
    networks: { N: { aliases: ['b'] } },
    Other: 1,
  })
  expect(value).toEqual(before)
})

test('a field of the right name wins, and what is no object stays', () => {
  expect(withFieldNames(schema, { Image: 'a', image: 'b' })).toEqual({ Image: 'a', image: 'b' })
  for (const value of [null, 'text', 7, ['x']]) expect(withFieldNames(schema, value)).toEqual(value)
  expect(withFieldNames(schema, { healthconfig: null, mounts: 'x' })).toEqual({ healthconfig: null, mounts: 'x' })
})
