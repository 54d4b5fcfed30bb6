import { expect, test } from 'vitest'

import { refusedRoute } from '../../../engine/rest/routing/routes.ts'
import { matchRoute } from '../../../engine/rest/routing/routes.ts'
import { answerOf } from './index.ts'
import { dockerOnlyRoutes, dockerRoutes, libpodRoutes } from './podman-routes.ts'

const all = [...libpodRoutes, ...dockerRoutes, ...dockerOnlyRoutes]

test('no route is listed twice', () => {
  const names = all.map(({ method, path }) => `${method} ${path}`)
  expect(names).toHaveLength(new Set(names).size)
})

test.each(all.map(({ method, path }) => [method, path]))('%s %s is served, or refused with its reason', (method, path) => {
  const answer = answerOf({ method, path })
  expect(answer).not.toBe('missing')
  if (answer === 'missing') return
  const target = `/v3.4.0${path.replace(/\{\w+\}/g, 'some')}`
  const refused = refusedRoute(method, target)
  // What the document says is what a request meets.
  if ('reason' in answer) expect(refused?.reason).toBe(answer.reason)
  else {
    expect(refused).toBeUndefined()
    const query = new URLSearchParams({ fromImage: 'a' })
    expect(matchRoute(method, target, query).operation.path).toMatch(/^\//)
  }
})
