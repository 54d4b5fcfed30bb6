import * as v from 'valibot'
import { expect, test } from 'vitest'

import { describe, operationNames, parseInput } from '../../contract/index.ts'
import { encodeRequest } from '../../contract/wire/request.ts'
import { splitTarget } from './answer.ts'
import { collectInput } from './input.ts'
import { matchRoute, refusedRoute } from './routes.ts'

/** A value for every field of a schema that has an obvious one. */
function sample(entries: Record<string, v.GenericSchema>): Record<string, unknown> {
  const candidates = ['a/b:1 c%ü', true, 7, ['x', 'y&z'], { label: ['a=b'] }, 'missing', 'zstd', 'docker']
  const found = Object.entries(entries).map(([field, schema]) => {
    if (field === 'credentials') return [field, 'user:pa:ss']
    return [field, candidates.find((value) => v.is(schema, value))]
  })
  return Object.fromEntries(found)
}

test.each(operationNames)('%s: what the client sends is what the router collects', async (name) => {
  const operation = describe(name)
  const entries = (operation.input as unknown as { entries: Record<string, v.GenericSchema> }).entries
  const fields = sample(entries)
  // A slash may stand only where the path allows it.
  for (const field of Object.keys(fields))
    if (operation.path.includes(`{${field}}`) && v.is(entries[field]!, 'a:1 c%ü')) fields[field] = 'a:1 c%ü'
  const parsed = parseInput(name, {
    ...fields,
    ...(operation.body && operation.body !== 'bytes'
      ? { body: name === 'task.start' ? { operation: 'image.prune' } : { Cmd: ['x'] } }
      : {}),
  }) as Record<string, unknown>
  const wire = encodeRequest(operation, parsed)
  const { path, query } = splitTarget(`/v4.0.0${wire.path}`)
  const match = matchRoute(wire.method, path, query)
  expect(match.name).toBe(name)
  const body = (async function* () {
    if (typeof wire.body === 'string') yield new TextEncoder().encode(wire.body)
  })()
  const collected = await collectInput(match, query, {
    method: wire.method,
    target: wire.path,
    headers: wire.headers,
    body,
    signal: AbortSignal.any([]),
  })
  if (operation.body === 'bytes') delete collected['body']
  expect(parseInput(name, collected)).toEqual({ ...parsed })
})

test.each(['eyJhbGciOi.J9.x_y-z', 'a:b', 'ü\n"'])(
  'the token %j of a registry arrives as it was, and in no query string',
  async (token) => {
    const operation = describe('image.copy')
    const fields = { source: 'docker://a/b', destination: 'dir:/tmp/x', srcRegistryToken: token, destRegistryToken: `${token}2` }
    const { method, path, headers } = encodeRequest(operation, fields)
    expect(path).not.toContain('Token')
    const { path: bare, query } = splitTarget(path)
    const request = { method, target: path, headers, body: (async function* () {})(), signal: AbortSignal.any([]) }
    expect(await collectInput(matchRoute(method, bare, query), query, request)).toMatchObject(fields)
  },
)

const route = (method: string, target: string) => {
  const { path, query } = splitTarget(target)
  return matchRoute(method, path, query).name
}

test('every version prefix, and none, leads to the same operation', () => {
  for (const prefix of ['', '/v1', '/v1.12', '/v3.4.0', '/v99.99.99'])
    expect(route('GET', `${prefix}/libpod/containers/json`)).toBe('container.list')
})

test('a fixed query parameter decides between operations on one path', () => {
  expect(route('POST', '/libpod/containers/a/checkpoint')).toBe('container.checkpoint')
  expect(route('POST', '/libpod/containers/a/checkpoint?export=false')).toBe('container.checkpoint')
  expect(route('POST', '/libpod/containers/a/checkpoint?export=1')).toBe('container.checkpointExport')
})

test('below versions before 4 manifest lists have the routes they had', () => {
  const names = (version: string) =>
    [
      ['POST', 'create?name=a'],
      ['POST', 'a/b/add'],
      ['POST', 'a/push'],
      ['DELETE', 'a/b'],
      ['GET', 'a/json'],
    ].map(([method = '', rest]) => route(method, `${version}/libpod/manifests/${rest}`))
  expect(names('/v3.4.0')).toEqual([
    'libpod3.manifest.create',
    'libpod3.manifest.add',
    'libpod3.manifest.push',
    'libpod3.manifest.removeImage',
    'manifest.inspect',
  ])
  for (const version of ['/v4.0.0', '/v5.4.2', ''])
    expect(names(version)).toEqual([...Array(3).fill('manifest.create'), 'manifest.remove', 'manifest.inspect'])
})

test('image names keep their slashes', () => {
  const { path, query } = splitTarget('/v5.0.0/libpod/images/quay.io/a/b:c/json')
  expect(matchRoute('GET', path, query)).toMatchObject({ name: 'image.inspect', fields: { name: 'quay.io/a/b:c' } })
})

test('an unknown path, a wrong method and a broken escape are told apart', () => {
  expect(() => route('GET', '/libpod/nonsense')).toThrow(expect.objectContaining({ code: 'NotFound' }))
  expect(() => route('POST', '/libpod/info')).toThrow(expect.objectContaining({ code: 'MethodNotAllowed' }))
  expect(() => route('GET', '/libpod/containers/%zz/json')).toThrow(expect.objectContaining({ code: 'InvalidArgument' }))
})

test.each([
  ['POST', '/v1.41/build', 501],
  ['POST', '/v5.4.2/libpod/build', 501],
  ['GET', '/v1.41/swarm/init', 503],
  ['DELETE', '/v5.8.0/libpod/quadlets/web.container', 501],
  ['GET', '/v1.41/build', undefined],
  ['GET', '/v5.4.2/libpod/info', undefined],
])('%s %s is refused in a sentence with %s', (method, path, status) => {
  expect(refusedRoute(method, path)?.status).toBe(status)
})
