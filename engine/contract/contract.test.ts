import { readFileSync } from 'node:fs'

import * as v from 'valibot'
import { expect, test } from 'vitest'

import { errorCodes } from '../errors/index.ts'
import { dockerOperationNames, dockerOperations } from './docker/index.ts'
import { describe, engineOf, type Operation, type OperationName, operationNames, operations, parseInput } from './index.ts'

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8')

/** What real Podman 5.4.2 answered, so that our shapes are not only our own idea of them. */
const recorded = [
  ['container.list', 'containers-list.json'],
  ['container.inspect', 'container-inspect.json'],
  ['container.stats', 'stats.json'],
  ['container.top', 'top.json'],
  ['pod.list', 'pods-list.json'],
  ['pod.inspect', 'pod-inspect.json'],
  ['image.list', 'images-list.json'],
  ['image.inspect', 'image-inspect.json'],
  ['system.info', 'info.json'],
  ['system.version', 'version.json'],
  ['system.df', 'df.json'],
  ['network.list', 'networks.json'],
] as const

test.each(recorded)("%s: Podman's answer fits our description", (name, file) => {
  const result = v.safeParse(operations[name].output(), JSON.parse(fixture(file)))
  expect(result.issues?.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`)).toBeUndefined()
})

test("system.events: Podman's events fit our description", () => {
  for (const line of fixture('events.ndjson').trim().split('\n'))
    expect(v.is(operations['system.events'].output(), JSON.parse(line))).toBe(true)
})

const every: [string, Operation][] = [
  ...operationNames.map((name): [string, Operation] => [name, describe(name)]),
  ...dockerOperationNames.map((name): [string, Operation] => [name, dockerOperations[name]]),
]

test('no two operations claim the same request', () => {
  const claims = every.flatMap(([, { method, path, aliases = [], fixed, given }]) =>
    [path, ...aliases].map((each) => `${method} ${each.replaceAll(/\{\w+/g, '{x')} ${JSON.stringify({ fixed, given })}`),
  )
  expect(new Set(claims).size).toBe(claims.length)
})

/** The names of a schema's fields. */
const fieldsOf = (schema: unknown): string[] => Object.keys((schema as { entries?: object }).entries ?? {})

test.each(every)('%s: what its description names is there', (_, operation) => {
  const { path, aliases = [], input, body, errors, headers, kind, output, format } = operation
  const fields = [...fieldsOf(input), ...fieldsOf(body ?? {}).map((field) => `body.${field}`)]
  for (const each of [path, ...aliases]) for (const [, field] of each.matchAll(/\{(\w+)/g)) expect(fields).toContain(field)
  const { foreign, imageNames = [], loginFile, given } = operation
  const named = [...Object.keys(headers ?? {}), ...imageNames, ...Object.keys(foreign?.defaults ?? {})]
  const refused = foreign?.refused?.flatMap((refusal) => refusal.fields) ?? []
  for (const field of [...named, ...refused, loginFile, given]) if (field !== undefined) expect(fields).toContain(field)
  for (const code of errors) expect(errorCodes).toContain(code)
  for (const ofStreams of [format, operation.firstByte, foreign?.progress])
    expect(ofStreams === undefined || kind === 'stream').toBe(true)
  expect(operation.upgrade !== undefined).toBe(kind === 'duplex')
  expect(output).toBeDefined()
})

test.each(every)('%s: what it says of progress is in its items, and where a terminal is said, in that answer', (_, operation) => {
  const { progress } = operation.foreign ?? {}
  const items = fieldsOf(operation.output())
  for (const field of [...(progress?.fields ?? []), ...(progress?.without ?? []), ...Object.keys(progress?.renamed ?? {})])
    expect(items).toContain(field)
  const { terminal, detach } = operation.upgrade ?? {}
  if (detach !== undefined) expect(fieldsOf(operation.body)).toContain(detach)
  if (terminal === undefined) return
  const asked = describe(terminal.operation as OperationName)
  expect(fieldsOf(asked.input)).toContain(terminal.field)
  const [outer = '', inner = ''] = terminal.at.split('.')
  expect(fieldsOf((asked.output() as unknown as { entries: Record<string, unknown> }).entries[outer])).toContain(inner)
})

test('every operation that may find an image by its name says which field holds it', () => {
  const names = /^(?:image|manifest)\.|^container\.create$/
  const without = operationNames.filter((name) => names.test(name) && describe(name).imageNames === undefined)
  expect(without).toEqual([
    'image.load',
    'image.loadLocal',
    'image.copy',
    'image.sync',
    'image.remoteInspect',
    'image.remoteRaw',
    'image.remoteTags',
    'image.remoteDelete',
    'image.updates',
    'image.list',
    'image.mounts',
    'image.prune',
  ])
})

test('query strings and typed values give the same input', () => {
  const typed = parseInput('container.list', { all: true, limit: 3, filters: { label: ['a=b'] } })
  expect(parseInput('container.list', { all: '1', limit: '3', filters: '{"label":["a=b"]}' })).toEqual(typed)
  expect(parseInput('container.list', { all: 'true', limit: '3', filters: '{"label":{"a=b":true}}' })).toEqual(typed)
})

test('flags are what Go takes for booleans', () => {
  const all = (value: string) => (parseInput('image.list', { all: value }) as { all: boolean }).all
  expect(['1', 't', 'T', 'true', 'True', 'TRUE', 'on'].map(all)).not.toContain(false)
  expect(['', '0', 'f', 'F', 'false', 'False', 'FALSE'].map(all)).not.toContain(true)
  for (const value of ['yes', 'maybe', '2', 'tRUE']) expect(() => all(value)).toThrow(/all/)
})

test('filters that say nothing filter nothing, and only objects are filters', () => {
  const filters = (value: string) => (parseInput('image.list', { filters: value }) as { filters: unknown }).filters
  expect(filters('null')).toEqual({})
  expect(filters('{"reference":[],"label":{"a":false},"dangling":{"true":true,"false":false}}')).toEqual({ dangling: ['true'] })
  for (const value of ['', '[]', '"x"', '{"reference":"x"}', '{"reference":{"x":1}}'])
    expect(() => filters(value), value).toThrow(expect.objectContaining({ details: { field: 'filters' } }))
})

test('a tag is not taken away without its repository, which would mean all names', () => {
  expect(() => parseInput('image.untag', { name: 'a', tag: 't' })).toThrow(
    expect.objectContaining({ details: { field: 'repo' } }),
  )
  expect(parseInput('image.untag', { name: 'a' })).toEqual({ name: 'a' })
  expect(parseInput('image.untag', { name: 'a', repo: 'b', tag: 't' })).toEqual({ name: 'a', repo: 'b', tag: 't' })
})

test('a wrong value is refused by the name of its field', () => {
  const wrong = () => parseInput('container.stop', { name: 'web', timeout: 'soon' })
  expect(wrong).toThrow(expect.objectContaining({ code: 'InvalidArgument', details: { field: 'timeout' } }))
  expect(() => parseInput('container.list', { filters: '{' })).toThrow(expect.objectContaining({ code: 'InvalidArgument' }))
  expect(() => parseInput('container.create', { body: { portmappings: [{ container_port: 70_000 }] } })).toThrow(
    /portmappings\.0\.container_port/,
  )
})

test('fields that newer clients send are let through', () => {
  const { body } = parseInput('container.create', { body: { image: 'a', future_field: 1 } })
  expect(body).toMatchObject({ image: 'a', future_field: 1 })
})

test('an operation is found by its noun, and nothing else is', () => {
  for (const name of operationNames) expect(describe(name)).toBe(operations[name])
  expect(() => describe('image.nothing' as never)).toThrow('image.nothing')
  expect(() => describe('constructor.name' as never)).toThrow('constructor.name')
})

test('an engine makes its operations when they are asked for, once, and is no promise', async () => {
  const made: string[] = []
  const engine = engineOf((name) => async (input) => {
    made.push(name)
    return input
  })
  expect(engine['system.version']).toBe(engine['system.version'])
  await engine['system.version']({})
  expect(made).toEqual(['system.version'])
  expect((engine as unknown as Record<string, unknown>)['then']).toBeUndefined()
  expect((engine as unknown as Record<string, unknown>)['image.nothing']).toBeUndefined()
  expect(['image.list' in engine, 'image.nothing' in engine]).toEqual([true, false])
  expect(await Promise.resolve(engine)).toBe(engine)
})
