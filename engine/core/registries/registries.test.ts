import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { Output } from '../../contract/index.ts'
import { type FakeRegistry, refuse, startFakeRegistry } from '../../registry/fake/fake-registry.ts'
import { type LocalEngine, openEngine } from '../index.ts'
import { parseLoginKey } from './login-key.ts'

let registry: FakeRegistry
let root: string
let local: LocalEngine
const names = [
  'CONTAINERS_REGISTRIES_CONF',
  'CONTAINERS_REGISTRIES_CONF_DIR',
  'CONTAINERS_SHORT_NAME_ALIASES_CONF',
  'REGISTRY_AUTH_FILE',
]
const before = new Map(names.map((name) => [name, process.env[name]]))
beforeEach(async () => {
  registry = await startFakeRegistry()
  root = mkdtempSync(join(tmpdir(), 'berth-registries-'))
  for (const name of names) process.env[name] = join(root, name)
  configure(`unqualified-search-registries = ["${registry.name}", "127.0.0.1:1"]\n`)
  local = openEngine({ root: join(root, 'store'), runRoot: join(root, 'run'), service: true })
})
afterEach(async () => {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  await local.close()
  await registry.close()
  rmSync(root, { recursive: true })
})

function configure(text: string): void {
  writeFileSync(join(root, 'CONTAINERS_REGISTRIES_CONF'), `${text}[[registry]]\nlocation = "${registry.name}"\ninsecure = true\n`)
}

const wantsLogin = (request: http.IncomingMessage, response: http.ServerResponse): boolean => {
  if (request.headers.authorization === `Basic ${Buffer.from('u:p:w').toString('base64')}`) {
    if (request.url === '/v2/') response.end('{}')
    return request.url === '/v2/'
  }
  refuse(response, 401, 'authentication required', { 'www-authenticate': 'Basic realm="x"' })
  return true
}

test('a login is checked before it is kept, found again, listed without its secret, and forgotten', async () => {
  const { engine } = local
  registry.faultHook = wantsLogin
  const file = join(root, 'REGISTRY_AUTH_FILE')
  const refused = engine['registry.login']({ registry: registry.name, credentials: 'u:wrong-word' })
  await expect(refused).rejects.toMatchObject({
    code: 'RegistryUnauthorized',
    message: expect.stringContaining('invalid username/password'),
  })
  expect(JSON.stringify(await refused.catch((error: unknown) => [error, (error as Error).stack]))).not.toContain('wrong-word')
  expect(() => readFileSync(file)).toThrow('ENOENT')
  await expect(engine['registry.login']({ registry: registry.name })).rejects.toMatchObject({ code: 'LoginNotFound' })
  expect(await engine['registry.login']({ registry: `https://${registry.name}/some/page`, credentials: 'u:p:w' })).toEqual({
    File: file,
  })
  expect(await engine['registry.login']({ registry: `${registry.name}/team` })).toEqual({ File: file })
  const list = await engine['registry.list']({})
  expect(list).toEqual([
    { Name: registry.name, Search: true, Insecure: true, Blocked: false, Mirrors: [], User: 'u', From: file, Removable: true },
    { Name: '127.0.0.1:1', Search: true, Insecure: false, Blocked: false, Mirrors: [] },
  ])
  await engine['registry.logout']({ registry: registry.name })
  await expect(engine['registry.logout']({ registry: registry.name })).rejects.toMatchObject({ code: 'LoginNotFound' })
  await expect(engine['registry.logout']({})).rejects.toMatchObject({ code: 'InvalidArgument' })
})

test('names that logins are given for', () => {
  expect(parseLoginKey('quay.io')).toEqual({ key: 'quay.io', registry: 'quay.io', path: '' })
  expect(parseLoginKey('quay.io/ns/repo')).toEqual({ key: 'quay.io/ns/repo', registry: 'quay.io', path: 'ns/repo' })
  expect(parseLoginKey('https://quay.io:443/ns')).toEqual({ key: 'quay.io:443', registry: 'quay.io:443', path: '' })
  expect(parseLoginKey('index.docker.io')).toEqual({ key: 'docker.io', registry: 'docker.io', path: '' })
  for (const wrong of ['', 'a b', 'quay.io/ns:tag', 'quay.io/NS', '../x', 'quay.io:port'])
    expect(() => parseLoginKey(wrong)).toThrow('invalid reference format')
})

test('one of several search registries that is gone does not hold up the search; all of them do', async () => {
  registry.faultHook = (request, response) => {
    if (request.url?.startsWith('/v1')) refuse(response, 404, 'no')
    else response.end(JSON.stringify({ repositories: ['a/thing', 'other'], tags: ['1', '2'] }))
    return true
  }
  const { engine } = local
  expect(await engine['registry.search']({ term: 'thing' })).toEqual([
    { Index: registry.name, Name: `${registry.name}/a/thing`, Description: '', Stars: 0, Official: '', Automated: '', Tag: '' },
  ])
  expect(await engine['registry.search']({ term: 'thing', filters: { stars: ['1'] } })).toEqual([])
  expect((await engine['registry.search']({ term: `${registry.name}/a/thing`, listTags: true })).map(({ Tag }) => Tag)).toEqual([
    '1',
    '2',
  ])
  await expect(engine['registry.search']({ term: '127.0.0.1:1/x', retry: 0 })).rejects.toMatchObject({
    code: 'RegistryUnreachable',
  })
  await expect(engine['registry.search']({ term: 'x', filters: { shape: ['round'] } })).rejects.toMatchObject({
    code: 'InvalidArgument',
  })
})

test('short names: undecided, refused without a terminal, remembered', async () => {
  const { engine } = local
  const both = [`${registry.name}/x:1`, '127.0.0.1:1/x:1']
  expect(await engine['image.resolve']({ name: 'x:1' })).toEqual({ Names: both, Ambiguous: true })
  configure(`unqualified-search-registries = ["${registry.name}", "127.0.0.1:1"]\nshort-name-mode = "enforcing"\n`)
  await expect(engine['image.pull']({ reference: 'x:1' })).rejects.toMatchObject({ code: 'ImageNameUnqualified' })
  await engine['image.remember']({ alias: 'x:1', name: `${registry.name}/x:1` })
  expect(await engine['image.resolve']({ name: 'x:1' })).toEqual({ Names: [both[0]] })
  expect(await engine['image.resolve']({ name: 'quay.io/a/b' })).toEqual({ Names: ['quay.io/a/b:latest'] })
})

describe.skipIf(process.getuid?.() !== 0)('needs root, for the owners of files', () => {
  const pull = async (reference: string, more: object = {}): Promise<string[]> => {
    const lines: string[] = []
    for await (const { stream, images } of await local.engine['image.pull']({ reference, retry: 0, ...more }))
      lines.push(...(images ?? []), ...(stream ? [stream] : []))
    return lines
  }
  const updates = async (input: object = {}): Promise<Output<'image.updates'>[]> => {
    const items: Output<'image.updates'>[] = []
    for await (const item of await local.engine['image.updates'](input)) items.push(item)
    return items.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  test('all tags are pulled, and a name says how it was resolved', async () => {
    const image = await registry.addImage('a/b', 'v1', [{ x: '1' }])
    const other = await registry.addImage('a/b', 'v2', [{ x: '2' }])
    expect(await pull('a/b:v1')).toContain(
      `Resolving "a/b" using unqualified-search registries (${join(root, 'CONTAINERS_REGISTRIES_CONF')})\n`,
    )
    registry.faultHook = (request, response) => {
      if (request.url?.endsWith('/tags/list')) response.end(JSON.stringify({ tags: ['v1', 'v2'] }))
      return request.url?.endsWith('/tags/list')
    }
    const lines = await pull(`${registry.name}/a/b:ignored`, { allTags: true })
    expect(lines.slice(-2)).toEqual([image.id, other.id])
    await expect(pull('dir:/x', { allTags: true })).rejects.toMatchObject({ code: 'InvalidArgument' })
  })

  test('newer images are found by digest alone, and answers are kept for a while', async () => {
    const image = await registry.addImage('a/b', 'v1', [{ x: '1' }])
    await registry.addImage('a/b', 'v2', [{ x: '2' }])
    await pull(`${registry.name}/a/b:v1`)
    await pull(`${registry.name}/a/b:v2`)
    await local.engine['image.tag']({ name: image.id, repo: 'mine', tag: '1' })
    await local.engine['image.tag']({ name: image.id, repo: '127.0.0.1:1/gone', tag: '1' })
    const newer = await registry.addImage('a/b', 'v2', [{ x: '3' }])
    registry.requests.length = 0
    const found = await updates()
    expect(found.map(({ name, status, digest }) => [name, status, digest])).toEqual(
      [
        ['127.0.0.1:1/gone:1', 'unknown', undefined],
        [`${registry.name}/a/b:v1`, 'current', image.digest],
        [`${registry.name}/a/b:v2`, 'newer', newer.digest],
        ['localhost/mine:1', 'unknown', undefined],
      ].toSorted(([a], [b]) => (a! < b! ? -1 : 1)),
    )
    expect(found.find(({ name }) => name.startsWith('127.0.0.1:1/'))?.reason).toContain('cannot be reached')
    expect(registry.requests.toSorted()).toEqual(['HEAD /v2/a/b/manifests/v1', 'HEAD /v2/a/b/manifests/v2'])
    expect(await updates({ names: ['a/b:v1'] })).toHaveLength(1)
    expect(registry.requests).toHaveLength(2)
    await updates({ names: [`${registry.name}/a/b:v1`], cached: false })
    expect(registry.requests).toHaveLength(3)
    await pull(`${registry.name}/a/b:v2`)
    expect(await updates({ names: [`${registry.name}/a/b:v2`] })).toMatchObject([{ status: 'current', id: newer.id }])
    await expect(updates({ names: ['none'] })).rejects.toMatchObject({ code: 'ImageNotFound' })
  })

  test('a registry without an answer holds up no other, and a stream that is left ends', async () => {
    await registry.addImage('a/b', 'v1', [{ x: '1' }])
    await pull(`${registry.name}/a/b:v1`)
    registry.faultHook = () => true
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 50)
    const stream = await local.engine['image.updates']({}, { signal: stop.signal })
    for await (const _ of stream) expect.unreachable()
  })

  test('mirrors are asked first, and are never given the credentials of the registry', async () => {
    const image = await registry.addImage('mirrored/b', 'v1', [{ x: '1' }])
    const seen: (string | undefined)[] = []
    registry.faultHook = (request) => void seen.push(request.headers.authorization)
    configure(
      `[[registry]]\nlocation = "registry.invalid/a"\n[[registry.mirror]]\nlocation = "${registry.name}/mirrored"\ninsecure = true\n`,
    )
    expect((await pull('registry.invalid/a/b:v1', { credentials: 'u:p' })).at(-2)).not.toBe('')
    expect(seen.length).toBeGreaterThan(0)
    expect(seen.filter(Boolean)).toEqual([])
    expect(await local.engine['image.list']({})).toMatchObject([{ Id: image.id, RepoTags: ['registry.invalid/a/b:v1'] }])
  })
})

test('a short name that an image here answers to means that image, also localhost’s, and an id is no place to pull from', async () => {
  const { engine } = local
  const pull = async (reference: string, more: object = {}): Promise<Output<'image.pull'>[]> => {
    const items: Output<'image.pull'>[] = []
    for await (const item of await engine['image.pull']({ reference, retry: 0, ...more })) items.push(item)
    return items
  }
  const told = (items: Output<'image.pull'>[]): string[] => items.flatMap(({ stream }) => stream?.trimEnd() ?? [])
  const own = await registry.addImage('team/app', 'latest', [{ own: '1' }])
  await registry.addImage('app', 'latest', [{ anybody: '1' }])
  await pull(`${registry.name}/team/app`)
  const again = await pull('app')
  expect(again.at(-1)).toMatchObject({ id: own.id })
  expect(told(again)[0]).toBe(`Trying to pull ${registry.name}/team/app:latest...`)
  expect(await engine['image.resolve']({ name: 'app' })).toEqual({ Names: [`${registry.name}/team/app:latest`] })
  const pinned = await pull(`app@${own.digest}`)
  expect(told(pinned)[0]).toBe(`Trying to pull ${registry.name}/team/app@${own.digest}...`)
  await expect(pull(own.id.slice(0, 12))).rejects.toMatchObject({
    code: 'InvalidArgument',
    message: expect.stringContaining('referred to by ID'),
  })
  await engine['image.tag']({ name: own.id, repo: 'localhost/app', tag: 'latest' })
  // The owner of a search registry cannot substitute another image under the name.
  await expect(pull('app', { retryDelay: '1ms' })).rejects.toMatchObject({ code: 'RegistryUnreachable' })
  configure(`unqualified-search-registries = ["${registry.name}"]\n[aliases]\n"team/other" = "${registry.name}/app"\n`)
  expect(told(await pull('team/other'))[0]).toContain('Resolved "team/other" as an alias')
  // By now an image here answers to it.
  expect(told(await pull('team/other'))[0]).toBe(`Trying to pull ${registry.name}/app:latest...`)
})
