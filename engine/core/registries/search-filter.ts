import { EngineError } from '../../errors/index.ts'
import type { SearchResult } from '../../registry/index.ts'

export type SearchFilter = (found: SearchResult) => boolean

/** Podman's filters of `search`: stars, is-official, is-automated. @throws InvalidArgument */
export function searchFilter(filters: Readonly<Record<string, readonly string[]>>): SearchFilter {
  const tests = Object.entries(filters).flatMap(([key, values]) => values.map((value) => toTest(key, value)))
  return (found) => tests.every((test) => test(found))
}

function toTest(key: string, value: string): SearchFilter {
  switch (key) {
    case 'stars': {
      if (!/^\d{1,9}$/.test(value))
        throw new EngineError(
          'InvalidArgument',
          `incorrect value type for stars filter: ${JSON.stringify(value)} is not a number`,
        )
      return ({ stars }) => stars >= Number(value)
    }
    case 'is-official':
      return ({ official }) => official === (value !== 'false')
    case 'is-automated':
      return ({ automated }) => automated === (value !== 'false')
    default:
      throw new EngineError('InvalidArgument', `invalid filter type ${JSON.stringify(value ? `${key}=${value}` : key)}`)
  }
}
