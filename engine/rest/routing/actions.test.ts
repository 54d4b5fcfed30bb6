import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import * as v from 'valibot'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

import { type DockerOperationName, dockerOperationNames, dockerOperations } from '../../contract/docker/index.ts'
import { dockerOperation } from '../../contract/docker/docker-operation.ts'
import { operationNames, type Operation, type Pipe } from '../../contract/index.ts'
import { mappings } from '../compat/index.ts'
import type { serveFake } from '../http/testing.ts'
import { matchRoute } from './routes.ts'

const sources = (folder: string): [string, string][] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/(?:\.test|testing)\.ts$/.test(name))
    .map((name) => [name, readFileSync(join(folder, name), 'utf8')])

test('what sets an operation apart is data of it: no code here knows one by its name or its path', () => {
  const rest = join(import.meta.dirname, '..')
  for (const [file, text] of sources(rest).filter(([name]) => !name.startsWith('compat/'))) {
    const named = operationNames.filter((name) => text.includes(`'${name}'`))
    expect(named, file).toEqual([])
  }
  for (const [file, text] of sources(rest))
    expect(text.match(/['"`/^]\\?\/(?:libpod|images|containers)\b/g), file).toSatisfy(
      (found: string[] | null) => found === null || (file === 'routing/routes.ts' && found.length === 1),
    )
})

test('every mapping is of an operation that the contract describes, and every such operation is found by its path', () => {
  expect(Object.keys(mappings).toSorted()).toEqual(dockerOperationNames.toSorted())
  for (const name of dockerOperationNames) {
    const { method, path, aliases = [], given, head }: Operation = dockerOperations[name]
    const query = new URLSearchParams(given === undefined ? {} : { [given]: 'x' })
    for (const each of [path, ...aliases])
      for (const one of head ? [method, 'HEAD'] : [method])
        expect(matchRoute(one, `/v1.41${each.replace(/\{\w+(:\.\*)?\}/g, 'a')}`, query).name).toBe(name)
  }
})

/** Modules of this test's own, whose tables it may add to. */
let serve: typeof serveFake

/** Operations as they may follow: the description and a mapping are all there is to them. */
type Add = (name: string, operation: Operation, mapping: unknown) => void

async function withFreshTables(): Promise<Add> {
  vi.resetModules()
  const docker = await import('../../contract/docker/index.ts')
  const compat = await import('../compat/index.ts')
  serve = (await import('../http/testing.ts')).serveFake
  return (name, operation, mapping) => {
    Object.assign(docker.dockerOperations, { [name]: operation })
    Object.assign(compat.mappings, { [name]: mapping })
    docker.dockerOperationNames.push(name as DockerOperationName)
  }
}

afterAll(() => vi.resetModules())

beforeAll(async () => {
  const add = await withFreshTables()
  const pipe: Pipe = {
    output: (async function* () {
      yield { stream: 'stdout', data: new TextEncoder().encode('out') } as const
    })(),
    write: async () => {},
    end: async () => {},
    close: () => {},
  }
  const upgrade = { terminal: { operation: 'container.inspect', field: 'name', at: 'Config.Tty' } }
  const attach = {
    kind: 'duplex',
    method: 'POST',
    path: '/test/{name}/attach',
    summary: '',
    errors: [],
    output: () => v.void(),
    upgrade,
  } as const
  add(
    'docker.test.attach',
    dockerOperation({ ...attach, input: v.object({ name: v.string(), size: v.optional(v.picklist(['1'])) }) }),
    async () => pipe,
  )
  const items = {
    kind: 'stream',
    method: 'GET',
    path: '/test/items',
    summary: '',
    errors: [],
    output: () => v.object({ n: v.number() }),
  } as const
  add(
    'docker.test.items',
    dockerOperation({
      ...items,
      input: v.object({ n: v.optional(v.pipe(v.string(), v.transform(Number)), '2') }),
      responseHeaders: { 'X-Test': 'yes' },
      status: 202,
    }),
    async (_engine: unknown, { n }: { n: number }) =>
      (async function* () {
        for (let at = 0; at < n; at++) yield { n: at }
      })(),
  )
})

test('a duplex of Docker’s takes its connection over as ours do, and is checked before', async () => {
  await using api = await serve({ 'container.inspect': () => ({ Config: { Tty: true } }) })
  const attach = (query = '') =>
    api.raw(`POST /v1.41/test/a/attach${query} HTTP/1.1\r\nHost: d\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\n`)
  expect(await attach()).toMatch(
    /^HTTP\/1\.1 101 UPGRADED\r\nContent-Type: application\/vnd\.docker\.raw-stream\r\n[^]*\r\n\r\nout$/,
  )
  expect(await attach('?size=2')).toMatch(/^HTTP\/1\.1 400 [^]*\{"cause":"[^"]*size[^}]*"response":400\}\n$/)
})

test('a stream of Docker’s has its defaults, its status, its headers and its lines', async () => {
  await using api = await serve({})
  expect(await api.raw('GET /test/items HTTP/1.0\r\n\r\n')).toMatch(
    /^HTTP\/1\.1 202 [^]*X-Test: yes\r\n[^]*\r\n\r\n\{"n":0\}\r\n\{"n":1\}\r\n$/,
  )
})
