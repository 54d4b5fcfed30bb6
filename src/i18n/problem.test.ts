import { afterEach, expect, test } from 'vitest'

import { EngineError } from '../../engine/errors/index.ts'
import { problemOf } from '../../engine/spec/bad-value.ts'
import { parseMemory } from '../../engine/spec/limit.ts'
import { checkName } from '../../engine/spec/name.ts'
import { parsePort } from '../../engine/spec/port.ts'
import { parseSize } from '../../engine/spec/size.ts'
import { setCatalogue } from './gettext.ts'
import { nameError, problemIn, problemText } from './problem.ts'

afterEach(() => setCatalogue())

const bad = [
  () => parseSize('a{size}'),
  () => parseMemory('abc'),
  () => parsePort('a:80'),
  () => parsePort('80:99999'),
  () => checkName('no/slash'),
]

test.each(bad)('in English it is what the engine says: %s', (check) => {
  const problem = problemOf(check)!
  expect(problemText(problem)).toBe(problem.message)
})

test('in another language each part is translated, and values are as they were given', () => {
  setCatalogue({
    language: 'ko',
    pluralForms: 'nplurals=1; plural=0;',
    messages: {
      'parsing host port': ['호스트 포트'],
      'invalid port number': ['포트 번호'],
      '"{text}" is not a whole number': ['"{text}": 정수가 아님'],
    },
  })
  expect(problemIn(() => parsePort('a:80'))).toBe('호스트 포트: 포트 번호: "a": 정수가 아님')
})

test('what is not about a value is shown as it is, whatever an engine sends', () => {
  expect(problemText(new EngineError('Internal', 'broken'))).toBe('broken')
  expect(problemText(new EngineError('Internal', 'broken', { details: { sentence: 'x', contexts: 'y' } }))).toBe('broken')
})

test('a name', () => {
  expect(nameError('')).toBeUndefined()
  expect(nameError('web')).toBeUndefined()
  expect(nameError('a b')).toContain('names must match')
})
