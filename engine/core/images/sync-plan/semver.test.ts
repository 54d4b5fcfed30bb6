import { describe, expect, test } from 'vitest'

import { EngineError } from '../../../errors/index.ts'
import { parseConstraint, parseVersion } from './semver.ts'

const tags = ['1.3.0-rc1', 'v2.0', '3.1', 'latest', '2.9.9', '1.2.0', '1.4.0-beta.2', '1']
const chosen = (constraint: string): string[] => {
  const fits = parseConstraint(constraint)
  return tags.filter((tag) => {
    const version = parseVersion(tag)
    return version !== undefined && fits(version)
  })
}

// What skopeo 1.18 chooses of the same tags.
describe.each([
  ['> 1.2', ['v2.0', '3.1', '2.9.9']],
  ['1.x', ['1.2.0', '1']],
  ['~1.2', ['1.2.0']],
  ['^1', ['1.2.0', '1']],
  ['1', ['1.2.0', '1']],
  ['>=1.0.0-0', ['1.3.0-rc1', 'v2.0', '3.1', '2.9.9', '1.2.0', '1.4.0-beta.2', '1']],
  ['1.0 - 2', ['v2.0', '2.9.9', '1.2.0', '1']],
  ['!=1.2.0', ['1.3.0-rc1', 'v2.0', '3.1', '2.9.9', '1.4.0-beta.2', '1']],
  ['<2 || >3', ['1.2.0', '1']],
  ['=v2.0', ['v2.0']],
  ['*', ['v2.0', '3.1', '2.9.9', '1.2.0', '1']],
  ['> 1.2 < 2', []],
  ['>1, <3', ['v2.0', '2.9.9']],
  ['~1', ['1.2.0', '1']],
  ['1.2', ['1.2.0']],
  ['<=1', ['1.2.0', '1']],
  ['^1.2.0-0', ['1.3.0-rc1', '1.2.0', '1.4.0-beta.2']],
  ['~> 1.2', ['1.2.0']],
  ['<= 2.x', ['v2.0', '2.9.9', '1.2.0', '1']],
  ['> 2.x', ['3.1']],
  ['2.9 - 3', ['3.1', '2.9.9']],
  ['=1', ['1.2.0', '1']],
  ['!=1', ['v2.0', '3.1', '2.9.9']],
  ['~1.3.0-rc0', ['1.3.0-rc1']],
  ['^0.0.1', []],
  ['=> 2', ['v2.0', '3.1', '2.9.9']],
])('the constraint %s', (constraint, expected) => {
  test(`is met by ${expected.join(', ') || 'nothing'}`, () => expect(chosen(constraint)).toEqual(expected))
})

test.each(['foo', '', '1.2.3.4', '>', '1 ||', '> =1'])('%j is no constraint', (text) => {
  expect(() => parseConstraint(text)).toThrow(EngineError)
})
