import { act, renderHook } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'

import { currentRoute, linkTo, navigate, parseRoute, useQuery } from './route.ts'

beforeEach(() => navigate('#/', { replace: true }))

test('a link and its place are each other’s inverse, whatever is in them', () => {
  const link = linkTo(['containers', 'a/b c'], { filter: 'x&y=1?', empty: '', none: undefined })
  expect(parseRoute(link).path).toEqual(['containers', 'a/b c'])
  expect([...parseRoute(link).query]).toEqual([['filter', 'x&y=1?']])
})

test('a fragment that is not valid is read as far as it goes', () => {
  expect(parseRoute('#/containers/%E0%A4%A').path).toEqual(['containers', '%E0%A4%A'])
  expect(parseRoute('').path).toEqual([])
})

test('a query value is kept in the URL, beside others, and its initial value is not written', () => {
  navigate(linkTo(['containers'], { sort: 'cpu' }))
  const { result } = renderHook(() => useQuery('filter', ''))
  act(() => result.current[1]('web'))
  expect(result.current[0]).toBe('web')
  expect(window.location.hash).toBe('#/containers?sort=cpu&filter=web')
  act(() => result.current[1](''))
  expect(window.location.hash).toBe('#/containers?sort=cpu')
  expect(currentRoute().path).toEqual(['containers'])
})
