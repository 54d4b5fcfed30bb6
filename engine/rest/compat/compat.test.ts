import { expect, test } from 'vitest'

import { EngineError } from '../../errors/index.ts'
import { serveFake } from '../testing.ts'
import { familiar, fullName, hasTag, tagOf, withTag } from './names.ts'
import { layerProgress } from './progress.ts'

test.each([
  ['busybox', 'docker.io/library/busybox', 'busybox'],
  ['a/b:1', 'docker.io/a/b:1', 'a/b:1'],
  ['localhost/x', 'localhost/x', 'localhost/x'],
  ['127.0.0.1:5000/x:1', '127.0.0.1:5000/x:1', '127.0.0.1:5000/x:1'],
])('%s is %s in full', (name, full, shown) => {
  expect(fullName(name)).toBe(full)
  expect(familiar(full)).toBe(shown)
})

test('tags and digests of names', () => {
  expect(withTag('a.b/c', '1')).toBe('a.b/c:1')
  expect(withTag('a.b/c', 'sha256:00')).toBe('a.b/c@sha256:00')
  expect([hasTag('h:5000/x'), hasTag('h:5000/x:1'), tagOf('h:5000/x'), tagOf('h:5000/x:1')]).toEqual([false, true, 'latest', '1'])
})

test('a layer has a line of its own from its first word on', () => {
  const progress = layerProgress('pull')
  const layer = { digest: `sha256:${'a'.repeat(64)}`, current: 50, total: 100 }
  const steps = ['downloading', 'done'].flatMap((phase) => [...progress({ ...layer, phase })])
  expect(steps).toMatchObject([
    { status: 'Pulling fs layer', id: 'a'.repeat(12) },
    { status: 'Downloading', progressDetail: { current: 50, total: 100 } },
    { status: 'Pull complete' },
  ])
})

const get = (path: string, method = 'GET'): string => `${method} ${path} HTTP/1.0\r\n\r\n`

test('a failure has Docker’s body, before the answer and in it', async () => {
  await using served = await serveFake({
    'image.inspect': () =>
      Promise.reject(new EngineError('ImageNotFound', 'nope: image not known', { details: { name: 'nope' } })),
    'image.pull': () =>
      (async function* () {
        yield { stream: 'Trying…\n' }
        await new Promise((resolve) => setTimeout(resolve, 60))
        throw new EngineError('RegistryUnreachable', 'no way there')
      })(),
  })
  const inspect = await served.raw(get('/v1.41/images/nope/json'))
  expect(inspect).toMatch(/^HTTP\/1\.1 404 /)
  expect(inspect).toContain('{"message":"No such image: nope"}')
  const pull = await served.raw(get('/v1.41/images/create?fromImage=x&tag=1', 'POST'))
  expect(pull).toMatch(/^HTTP\/1\.1 200 /)
  expect(pull).toContain('{"errorDetail":{"message":"no way there"},"error":"no way there"}')
})

test('what a path names, with slashes and percent signs', async () => {
  const asked: unknown[] = []
  await using served = await serveFake({
    'image.history': (input) => {
      asked.push(input)
      return Promise.resolve([
        { Id: 'f'.repeat(64), Created: 1, CreatedBy: 'x', Tags: ['docker.io/library/a:1'], Size: 2, Comment: '' },
      ])
    },
  })
  const text = await served.raw(get('/images/h%3A5000/a/b:1/history'))
  expect(asked).toEqual([{ name: 'h:5000/a/b:1' }])
  expect(text).toContain(`"Id":"sha256:${'f'.repeat(64)}"`)
  expect(text).toContain('"Tags":["a:1"]')
  expect(await served.raw(get('/images/%ff/history'))).toMatch(/^HTTP\/1\.1 400 /)
})
