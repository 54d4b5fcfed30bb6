import { expect, test } from 'vitest'

import { parsePairs, parseVariable } from './pair.ts'
import { parsePlatform } from './platform.ts'

test('pairs', () => {
  expect(parsePairs(['a=b=c', 'd', 'e='], 'label')).toEqual({ a: 'b=c', d: '', e: '' })
  expect(() => parsePairs(['=b'], 'label')).toThrow('invalid label format: "=b"')
})

test('names that every object has are refused', () => {
  for (const name of ['__proto__', 'constructor=x', 'prototype'])
    expect(() => parsePairs([name], 'label')).toThrow('this name cannot be used in this version')
})

test('variables', () => {
  expect(parseVariable('A=b=c')).toEqual(['A', 'b=c'])
  expect(parseVariable('A=')).toEqual(['A', ''])
  expect(parseVariable('A')).toEqual(['A', undefined])
  expect(() => parseVariable('=b')).toThrow('invalid variable: "=b"')
})

test('platforms', () => {
  expect(parsePlatform('linux/arm/v7')).toEqual({ os: 'linux', arch: 'arm', variant: 'v7' })
  expect(parsePlatform('linux')).toEqual({ os: 'linux' })
  expect(parsePlatform('')).toEqual({})
})
