import { expect, test } from 'vitest'

import { EngineError } from '../../errors/index.ts'
import { serveFake } from '../http/testing.ts'
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
        yield { layer: { digest: `sha256:${'a'.repeat(64)}`, phase: 'waiting', current: 0, total: 1 } }
        await new Promise((resolve) => setTimeout(resolve, 60))
        throw new EngineError('RegistryUnreachable', 'no way there')
      })(),
  })
  const inspect = await served.raw(get('/v1.41/images/nope/json'))
  expect(inspect).toMatch(/^HTTP\/1\.1 404 /)
  expect(inspect).toContain('"message":"No such image: nope","response":404}')
  const pull = await served.raw(get('/v1.41/images/create?fromImage=x&tag=1', 'POST'))
  expect(pull).toMatch(/^HTTP\/1\.1 200 /)
  expect(pull).toContain('{"errorDetail":{"message":"no way there"},"error":"no way there"}')
})

test('what a path names, with slashes and percent signs', async () => {
  const context: unknown[] = []
  await using served = await serveFake({
    'image.history': (input) => {
      context.push(input)
      return Promise.resolve([
        { Id: 'f'.repeat(64), Created: 1, CreatedBy: 'x', Tags: ['docker.io/library/a:1'], Size: 2, Comment: '' },
      ])
    },
  })
  const text = await served.raw(get('/images/h%3A5000/a/b:1/history'))
  expect(context).toEqual([{ name: 'h:5000/a/b:1' }])
  expect(text).toContain(`"Id":"sha256:${'f'.repeat(64)}"`)
  expect(text).toContain('"Tags":["a:1"]')
  // Libpod completes a name first, and fails where that cannot be done.
  expect(await served.raw(get('/images/%ff/history'))).toMatch(/^HTTP\/1\.1 500 /)
  expect(await served.raw(get('/images/UPPER/history'))).toMatch(/^HTTP\/1\.1 500 /)
  expect(await served.raw(get('/images/%zz/history'))).toMatch(/^HTTP\/1\.1 400 /)
})

test('a pull that finds no image has a status by which clients tell it from a broken network', async () => {
  const failing = (code: 'ImageUnknown' | 'RegistryUnreachable') => ({
    'image.inspect': () => Promise.reject(new EngineError('ImageNotFound', 'x: image not known', { details: { name: 'x' } })),
    'image.pull': () =>
      (async function* () {
        yield { stream: 'Trying…\n' }
        await new Promise((resolve) => setTimeout(resolve, 60))
        throw new EngineError(code, 'no such thing')
      })(),
  })
  const pull = get('/v1.41/images/create?fromImage=x&tag=1', 'POST')
  await using missing = await serveFake(failing('ImageUnknown'))
  expect(await missing.raw(pull)).toMatch(/^HTTP\/1\.1 404 [^]*"message":"no such thing"/)
  await using broken = await serveFake(failing('RegistryUnreachable'))
  expect(await broken.raw(pull)).toMatch(/^HTTP\/1\.1 500 /)
  expect(await broken.raw(get('/images/create?fromImage=oci:/etc&tag=1', 'POST'))).toMatch(/^HTTP\/1\.1 500 [^]*not valid/)
  expect(await broken.raw(get('/images/create', 'POST'))).toMatch(/^HTTP\/1\.1 405 /)
})

const image = {
  Id: 'f'.repeat(64),
  ParentId: '',
  RepoTags: ['h:5000/small:1', 'h:5000/small:2'],
  RepoDigests: [],
  Created: 1,
  Size: 2,
  SharedSize: 0,
  VirtualSize: 2,
  Labels: null,
  Containers: 0,
  Digest: `sha256:${'e'.repeat(64)}`,
  History: ['h:5000/small:1'],
  Names: ['h:5000/small:1', 'h:5000/small:2'],
}

test('images in Docker’s form: no lists, libpod’s fields beside, and the names that were asked for', async () => {
  await using served = await serveFake({
    'image.list': () => [image, { ...image, IsManifestList: true, Names: ['localhost/list:1'] }],
  })
  const list = async (query = '') => JSON.parse((await served.raw(get(`/images/json${query}`))).split('\r\n\r\n')[1] ?? '')
  expect(await list()).toMatchObject([{ Names: image.Names, Digest: image.Digest, History: image.History }])
  const byName = (pattern: string) => list(`?filters=${encodeURIComponent(JSON.stringify({ reference: [pattern] }))}`)
  expect(await byName('h:5000/small:2')).toMatchObject([{ RepoTags: ['h:5000/small:2'] }])
  // Podman's pattern, which would find nothing by Docker's rules.
  expect(await byName('*small*')).toMatchObject([{ RepoTags: image.RepoTags }])
})

test('events end where the client does not want to wait for more', async () => {
  const context: unknown[] = []
  await using served = await serveFake({
    'system.events': (input: unknown) => {
      context.push(input)
      return (async function* () {})()
    },
  })
  await served.raw(get('/v1.41/events?stream=false'))
  await served.raw(get('/v1.41/events'))
  expect(context).toMatchObject([{ stream: false }, { stream: true }])
})

test('statuses are libpod’s', async () => {
  const fail = (code: 'InvalidArgument' | 'ImageNotFound', field?: string) => () => {
    throw new EngineError(code, 'no', { details: { ...(field ? { field } : {}) } })
  }
  await using served = await serveFake({
    'image.list': fail('InvalidArgument'),
    'image.export': fail('ImageNotFound'),
    'image.prune': fail('InvalidArgument'),
    'registry.search': fail('InvalidArgument'),
  })
  for (const [path, status, method] of [
    ['/images/json?filters=x', 500],
    ['/images/get?names=nosuch', 500],
    ['/images/get?names=', 400],
    ['/images/prune', 500, 'POST'],
    ['/images/search?term=a', 500],
    ['/images/search?term=a&limit=x', 400],
    ['/images/a/tag', 400, 'POST'],
    ['/images/json', 405, 'PUT'],
    ['/_ping', 405, 'POST'],
    ['/nonsense', 404],
  ] as const)
    expect(await served.raw(get(path, method)), path).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
})

test('docker info has the registries that are configured, and the driver’s facts', async () => {
  await using served = await serveFake({
    'system.info': () => ({
      host: { hostname: 'h', cgroupVersion: 'v2', distribution: {}, ociRuntime: { name: 'crun' }, security: {}, swapTotal: 5 },
      store: { containerStore: {}, imageStore: {}, graphStatus: { 'Supports d_type': 'true' } },
      registries: {
        search: ['a'],
        'a:5000': { Insecure: true, Mirrors: [{ Location: 'b' }] },
        c: { Insecure: false, Mirrors: null },
      },
      version: {},
      plugins: { log: ['k8s-file', 'none'] },
    }),
  })
  const info = JSON.parse((await served.raw(get('/v1.41/info'))).split('\r\n\r\n')[1] ?? '')
  expect(info).toMatchObject({ DriverStatus: [['Supports d_type', 'true']], SwapTotal: 5, ProductLicense: 'Apache-2.0' })
  expect(info.Plugins.Log).toEqual(['k8s-file', 'none'])
  expect(info.RegistryConfig.IndexConfigs).toEqual({
    'a:5000': { Name: 'a:5000', Mirrors: ['b'], Secure: false, Official: false },
    c: { Name: 'c', Mirrors: [], Secure: true, Official: false },
  })
})
