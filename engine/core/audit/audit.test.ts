import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type * as v from 'valibot'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type AuditRecord, auditRule, describe, type OperationName, operationNames } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { openEngine, type LocalEngine } from '../index.ts'
import { audited } from './audited.ts'

let folder: string
let local: LocalEngine

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-'))
  local = openEngine({
    root: join(folder, 'store'),
    runRoot: join(folder, 'run'),
    caller: { via: 'console', address: '192.0.2.7' },
  })
})
afterEach(async () => {
  await local.close()
  rmSync(folder, { recursive: true, force: true })
})

const text = () => readFileSync(join(folder, 'store/audit/audit.jsonl'), 'utf8')
const records = async (): Promise<AuditRecord[]> => {
  await Promise.all(local.context.unwritten)
  return text()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditRecord)
}

const noted = operationNames.filter((name) => auditRule(describe(name)) !== undefined)

test('every operation that changes something is noted, and those that are not are known', () => {
  const changing = operationNames.filter((name) => !['GET', 'HEAD'].includes(describe(name).method))
  expect(changing.filter((name) => !noted.includes(name)).toSorted()).toEqual([
    'container.cleanup',
    'container.resize',
    'container.wait',
    'exec.resize',
    'signature.verify',
    'task.cancel',
    'task.start',
  ])
  expect(noted.length).toBeGreaterThan(55)
})

/** Input fields of which each has a text of its own, and those of the body. */
function fieldsOf(name: OperationName): string[] {
  const entries = (schema: unknown) => Object.keys((schema as v.ObjectSchema<v.ObjectEntries, undefined>)?.entries ?? {})
  const { input, body } = describe(name)
  return [...entries(input), ...(body === 'bytes' ? ['body'] : entries(body).map((field) => `body.${field}`))]
}

test.each(noted)(
  '%s: no field shows up in the log but those that name the object, and none of these can be secret',
  async (name) => {
    const rule = auditRule(describe(name))!
    const fields = fieldsOf(name)
    const object = rule.object ?? []
    for (const field of object) {
      expect(fields).toContain(field)
      expect(field).not.toMatch(
        /env|command|cmd|cred|auth|token|pass(?!phraseFile)|secret|changes|message|arg|label|annotation|opt/i,
      )
    }
    const input: Record<string, unknown> = {}
    const body: Record<string, unknown> = {}
    for (const field of fields) {
      const value = object.includes(field) ? `name-of-${field}` : `SECRET-${field}`
      if (field.startsWith('body.')) body[field.slice(5)] = object.includes(field) ? value : { [value]: [value] }
      else input[field] = value
    }
    if (Object.keys(body).length > 0) input['body'] = body
    const secret = { Id: 'made', Secret: 'SECRET-answer', Warnings: ['SECRET-warning'] }
    const outcomes = [
      () => Promise.resolve(describe(name).kind === 'stream' ? (async function* () {})() : secret),
      () => Promise.reject(new EngineError('RegistryUnauthorized', 'SECRET-message', { details: { password: 'SECRET-detail' } })),
      () => Promise.reject(new Error('SECRET-cause')),
    ]
    for (const work of outcomes) {
      const answer = await audited(local.context, name, rule, input, work).catch(() => undefined)
      if (describe(name).kind === 'stream' && answer !== undefined) await Array.fromAsync(answer as AsyncIterable<unknown>)
    }
    const found = await records()
    expect(text()).not.toContain('SECRET')
    expect(found.map(({ operation, result }) => [operation, result])).toEqual([
      [name, 'ok'],
      [name, 'RegistryUnauthorized'],
      [name, 'Internal'],
    ])
    expect(found[0]?.object ?? '').toBe(object.map((field) => `name-of-${field}`).join(' '))
  },
)

test('the engine notes what it did and what it refused, and nothing of what only looks', async () => {
  const { engine } = local
  await engine['system.version']({})
  await engine['container.list']({})
  await engine['pod.create']({ body: { name: 'p', no_infra: true } })
  await engine['pod.remove']({ name: 'p' })
  await engine['container.remove']({ name: 'nobody' }).catch(() => {})
  await engine['container.stop']({ name: 'web', timeout: 'soon' } as never).catch(() => {})
  const stop = new AbortController()
  stop.abort()
  await engine['container.kill']({ name: 'web' }, { signal: stop.signal }).catch(() => {})
  const found = await records()
  expect(found.map(({ operation, object, result }) => [operation, object, result])).toEqual([
    ['pod.create', 'p', 'ok'],
    ['pod.remove', 'p', 'ok'],
    ['container.remove', 'nobody', 'ContainerNotFound'],
    ['container.stop', 'web', 'InvalidArgument'],
    ['container.kill', 'web', 'Cancelled'],
  ])
  expect(found[0]).toMatchObject({ via: 'console', address: '192.0.2.7', objectId: expect.stringMatching(/^[0-9a-f]{64}$/) })
  expect(found.every(({ duration }) => Number.isInteger(duration))).toBe(true)
  const listed = await engine['audit.list']({ filters: { result: ['failed'] }, limit: 2 })
  expect(listed.map(({ operation }) => operation)).toEqual(['container.kill', 'container.stop'])
  const [last] = listed.slice(-1)
  expect((await engine['audit.list']({ before: last!.id })).map(({ operation }) => operation)).toEqual([
    'container.remove',
    'pod.remove',
    'pod.create',
  ])
  await expect(engine['audit.list']({ filters: { colour: ['red'] } })).rejects.toMatchObject({ code: 'InvalidArgument' })
  await expect(engine['audit.list']({ since: 'whenever' })).rejects.toMatchObject({ code: 'InvalidArgument' })
  await expect(engine['audit.list']({ limit: 100_000 })).rejects.toMatchObject({ code: 'InvalidArgument' })
})

test('a stream is noted when it ends, breaks or is left, once', async () => {
  const rule = auditRule(describe('image.pull'))!
  const pull = async (items: () => AsyncGenerator<number>) =>
    (await audited(local.context, 'image.pull', rule, { reference: 'a' }, async () => items())) as AsyncIterable<number>
  const three = async function* () {
    yield* [1, 2, 3]
  }
  expect(await Array.fromAsync(await pull(three))).toEqual([1, 2, 3])
  for await (const _ of await pull(three)) break
  const broken = await pull(async function* () {
    yield 1
    throw new EngineError('RegistryUnreachable', 'gone')
  })
  await expect(Array.fromAsync(broken)).rejects.toThrow('gone')
  expect((await records()).map(({ result }) => result)).toEqual(['ok', 'Cancelled', 'RegistryUnreachable'])
})

test('what only looks at times is noted where it does more', async () => {
  const noteOf = async (name: OperationName, input: object) => {
    const before = local.context.unwritten.size
    await audited(local.context, name, auditRule(describe(name))!, input, async () => undefined)
    return local.context.unwritten.size > before
  }
  expect(await noteOf('container.attach', { name: 'web', stdin: false })).toBe(false)
  expect(await noteOf('container.attach', { name: 'web' })).toBe(true)
  expect(await noteOf('system.check', {})).toBe(false)
  expect(await noteOf('system.check', { repair: true })).toBe(true)
  expect(await noteOf('exec.remove', { id: 'x', body: {} })).toBe(false)
})

test('records are followed and exported; CSV does not become a formula', async () => {
  const { engine } = local
  await engine['container.remove']({ name: '=1+1","' }).catch(() => {})
  await Promise.all(local.context.unwritten)
  const csv = Buffer.concat(await Array.fromAsync(await engine['audit.export']({ format: 'csv' }))).toString()
  const [heading, line, end] = csv.split('\r\n')
  expect([heading?.split(',').length, end]).toEqual([15, ''])
  expect(line).toContain(`,container.remove,"'=1+1"",""",,`)
  const json = Buffer.concat(await Array.fromAsync(await engine['audit.export']({ limit: 1 }))).toString()
  expect((JSON.parse(json) as AuditRecord).object).toBe('=1+1","')
  const stop = new AbortController()
  const items = (await engine['audit.follow']({ filters: { operation: ['container.kill'] } }, { signal: stop.signal }))[
    Symbol.asyncIterator
  ]()
  const seen: IteratorResult<AuditRecord>[] = []
  void items.next().then((result) => seen.push(result))
  while (seen.length === 0) {
    await engine['container.kill']({ name: 'nobody' }).catch(() => {})
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(seen[0]!.value).toMatchObject({ operation: 'container.kill', object: 'nobody', result: 'ContainerNotFound' })
  await items.return?.()
})
