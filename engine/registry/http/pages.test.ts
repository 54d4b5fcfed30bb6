import { expect, test } from 'vitest'

import type { Repository } from '../client.ts'
import type { FakeRegistry } from '../fake/fake-registry.ts'
import { registryPerTest } from '../testing.ts'

let registry: FakeRegistry
const openIn = registryPerTest((started) => (registry = started))

const open = (): Repository => openIn({ retry: 0 })

const failsWith = (code: string, text: string): object =>
  expect.objectContaining({ code, message: expect.stringContaining(text) })

test('a list may be long in one page', async () => {
  const tags = Array.from({ length: 300_000 }, (_, i) => `t${i}`)
  registry.faultHook = (_request, response) => {
    response.end(JSON.stringify({ tags }))
    return true
  }
  expect(await open().tags()).toHaveLength(300_000)
})

test('tags that are none are refused, and digests among them left out', async () => {
  const list = (tags: unknown[]): void => {
    registry.faultHook = (_request, response) => {
      response.end(JSON.stringify({ tags }))
      return true
    }
  }
  list(['v1', null, '', `sha256:${'a'.repeat(64)}`])
  expect(await open().tags()).toEqual(['v1'])
  for (const tag of ['../../../x/y/manifests/latest', 'a/b', 'x?y', '.', '-', 'a:b', 'x'.repeat(129), 'v1@sha256:0']) {
    list(['v1', tag])
    await expect(open().tags()).rejects.toEqual(failsWith('RegistryProtocol', 'cannot be one'))
  }
})

test('a link to the next page leads to no other host, however it is written', async () => {
  registry.faultHook = (request, response) => {
    if (request.url?.includes('last=2')) response.end(JSON.stringify({ tags: ['3'] }))
    else
      response
        .writeHead(200, { link: `<http://${registry.name}//elsewhere.invalid/v2/a/b/tags/list?last=2>; rel="next"` })
        .end(JSON.stringify({ tags: ['1'] }))
    return true
  }
  expect(await open().tags()).toEqual(['1', '3'])
  expect(registry.requests.at(-1)).toBe('GET /elsewhere.invalid/v2/a/b/tags/list?last=2')
})

test('a long header of links is read in no time', async () => {
  const link = '<a>;'.repeat(15_000)
  registry.faultHook = (_request, response) => {
    response.writeHead(200, { link }).end(JSON.stringify({ tags: ['1'] }))
    return true
  }
  const before = process.cpuUsage()
  expect(await open().tags()).toEqual(['1'])
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(0.5)
})
