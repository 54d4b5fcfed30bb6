import { expect, test } from 'vitest'

import { EngineError } from '../errors/index.ts'
import { badValue, inContext, problemOf } from './bad-value.ts'

test('a sentence is filled, and kept for the translation', () => {
  const error = badValue('{a} is not {b}, {c}', { a: '{b}', b: 2 })
  expect(error).toMatchObject({ code: 'InvalidArgument', message: '{b} is not 2, {c}', status: 400 })
  expect(error.details).toEqual({ a: '{b}', b: 2, sentence: '{a} is not {b}, {c}' })
})

test('a context says what the value is for', () => {
  const check = () => {
    throw badValue('{x} is wrong', { x: 1 }, 'NameInvalid')
  }
  const error = problemOf(() => inContext('reading {what}', check, { what: 'it' }))
  expect(error).toMatchObject({ code: 'NameInvalid', message: 'reading it: 1 is wrong' })
  expect(error?.details).toEqual({ x: 1, what: 'it', sentence: '{x} is wrong', contexts: ['reading {what}'] })
})

test('what is no bad value is not hidden', () => {
  const fail = () => {
    throw new TypeError('a fault')
  }
  expect(problemOf(() => {})).toBeUndefined()
  expect(() => problemOf(fail)).toThrow(TypeError)
  expect(() => inContext('x', fail)).toThrow(TypeError)
  expect(problemOf(() => inContext('x', () => 1))).toBeUndefined()
  expect(EngineError.is(badValue('x'))).toBe(true)
})
