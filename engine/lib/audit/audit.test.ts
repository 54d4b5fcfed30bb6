import { spawn } from 'node:child_process'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openAuditFolder } from './folder.ts'
import { follow } from './follow.ts'
import { type AuditQuery, matcher } from './query.ts'
import { readNewest } from './read.ts'
import { type AuditRecord, checkClaim, cleanAddress, idAt, newRecordId, parseRecord } from './record.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const record = (change: Partial<AuditRecord> = {}): AuditRecord => ({
  id: newRecordId(),
  time: new Date().toISOString(),
  uid: 1001,
  user: 'alice',
  operation: 'container.start',
  via: 'cli',
  object: 'web',
  result: 'ok',
  duration: 12,
  source: 'engine',
  ...change,
})

const newest = (query: Partial<AuditQuery> = {}, uid?: number) =>
  Array.fromAsync(readNewest({ folder, ...(uid === undefined ? {} : { uid }) }, { filters: {}, limit: 1000, ...query }))

test('writers in several processes lose nothing while the file is rotated again and again', { timeout: 60_000 }, async () => {
  const [writers, each] = [4, 500]
  const script = `
    import { openAuditFolder } from ${JSON.stringify(join(import.meta.dirname, 'folder.ts'))}
    import { newRecordId } from ${JSON.stringify(join(import.meta.dirname, 'record.ts'))}
    const log = openAuditFolder(${JSON.stringify(folder)}, { rotation: { size: 20_000, kept: 1000 } })
    for (let n = 0; n < ${each}; n += 1)
      await log.append('audit', { id: newRecordId(), time: '2026-01-01T00:00:00.000Z', uid: 0, user: 'root', operation: 'container.start',
        via: 'cli', object: process.argv[1] + '-' + n, result: 'ok', duration: 1, source: 'engine' })`
  const run = (name: string) =>
    new Promise((resolve) =>
      spawn(process.execPath, ['--input-type=module', '-e', script, name], { stdio: 'inherit' }).once('exit', resolve),
    )
  expect(await Promise.all(Array.from({ length: writers }, (_, index) => run(`w${index}`)))).toEqual([0, 0, 0, 0])
  const files = readdirSync(folder).filter((name) => name.startsWith('audit.jsonl'))
  expect(files.length).toBeGreaterThan(5)
  const lines = files
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'))
    .filter((line) => line !== '')
  expect(new Set(lines.map((line) => parseRecord(line)?.object)).size).toBe(writers * each)
  for (const name of files) expect(statSync(join(folder, name)).size).toBeLessThan(20_000 + writers * 512)
  const read = await newest({ limit: writers * each + 1 })
  expect(read.length).toBe(writers * each)
})

test('no more files are kept than are to be', async () => {
  const log = openAuditFolder(folder, { rotation: { size: 2_000, kept: 2 } })
  for (let n = 0; n < 200; n += 1) await log.append('audit', record({ object: `c${n}` }))
  expect(
    readdirSync(folder)
      .filter((name) => name.startsWith('audit'))
      .toSorted(),
  ).toEqual(
    ['audit.jsonl.1', 'audit.jsonl.2', ...(readdirSync(folder).includes('audit.jsonl') ? ['audit.jsonl'] : [])].toSorted(),
  )
  expect((await newest({ limit: 1 }))[0]?.object).toBe('c199')
})

test('a file and its folder are closed to others; a link in its place is refused', async () => {
  const log = openAuditFolder(join(folder, 'log'))
  await log.append('audit', record())
  expect([statSync(join(folder, 'log')).mode & 0o777, statSync(join(folder, 'log/audit.jsonl')).mode & 0o777]).toEqual([
    0o700, 0o600,
  ])
  const system = openAuditFolder(join(folder, 'system'), { system: process.getuid?.() === 0 })
  await system.append('audit', record())
  if (process.getuid?.() === 0) {
    expect([statSync(join(folder, 'system')).mode & 0o777, statSync(join(folder, 'system/audit.jsonl')).mode & 0o777]).toEqual([
      0o750, 0o640,
    ])
  }
  writeFileSync(join(folder, 'elsewhere'), '')
  symlinkSync(join(folder, 'elsewhere'), join(folder, 'log/audit-refused.jsonl'))
  await expect(log.append('audit-refused', record())).rejects.toThrow('ELOOP')
  expect(readFileSync(join(folder, 'elsewhere'), 'utf8')).toBe('')
})

test('the newest come first out of all files, page after page; damaged lines and others’ records are skipped', async () => {
  const log = openAuditFolder(folder, { rotation: { size: 4_000, kept: 50 } })
  const ids: string[] = []
  for (let n = 0; n < 300; n += 1) {
    const each = record({
      id: `${idAt(1_000_000 + n)}00000000`,
      object: `c${n}`,
      ...(n % 3 === 0 ? { uid: 1002, user: 'bob' } : {}),
    })
    ids.unshift(each.id)
    await log.append(n % 3 === 0 ? 'audit-user-1002' : n % 2 === 0 ? 'audit' : 'audit-user-1001', each)
    if (n === 150) appendFileSync(join(folder, 'audit.jsonl'), '{"id":"cut off\n\n{}\nnull\n')
  }
  const pages: string[] = []
  for (let before: string | undefined; ;) {
    const page = await newest({ limit: 70, ...(before === undefined ? {} : { before }) })
    if (page.length === 0) break
    pages.push(...page.map(({ id }) => id))
    before = page.at(-1)!.id
  }
  expect(pages).toEqual(ids)
  const bobs = await newest({}, 1002)
  expect(bobs.length).toBe(100)
  expect(new Set(bobs.map(({ user }) => user))).toEqual(new Set(['bob']))
  expect((await newest({ since: 1_000_290, until: 1_000_294 })).map(({ object }) => object)).toEqual([
    'c294',
    'c293',
    'c292',
    'c291',
    'c290',
  ])
})

test('filters: values of one key are alternatives, keys must all hold, and others are refused by name', () => {
  const one = record({ result: 'ContainerNotFound', address: '192.0.2.7', objectId: 'abcdef' })
  const is = (filters: Record<string, string[]>) => matcher({ filters })(one)
  expect(is({ operation: ['container'], user: ['bob', 'alice'], result: ['failed'], object: ['WE'] })).toBe(true)
  expect(is({ operation: ['contain'] })).toBe(false)
  expect([is({ user: ['1001'] }), is({ address: ['192.0.2.7'] }), is({ text: ['notfound'] }), is({ object: ['abc'] })]).toEqual([
    true,
    true,
    true,
    true,
  ])
  expect([is({ via: ['console'] }), is({ result: ['ok'] }), is({ user: ['alic'] })]).toEqual([false, false, false])
  expect(() => is({ constructor: ['x'] })).toThrow(
    expect.objectContaining({ code: 'InvalidArgument', details: { filter: 'constructor' } }),
  )
})

test('a claim is bounded and clean, whatever it holds', () => {
  const claim = { operation: 'image.copy', via: 'cli', result: 'ok', duration: 1.6 }
  expect(checkClaim(claim)).toEqual({ ...claim, duration: 2 })
  const objects = [
    ['docker://user:pa/ss@host/x', 'docker://***@host/x'],
    ['docker://token@host/x', 'docker://***@host/x'],
    ['docker://busybox@sha256:0000', 'docker://busybox@sha256:0000'],
    ['two\nlines\u001b[31m', 'two�lines�[31m'],
    ['\ud800', '�'],
  ]
  for (const [given, kept] of objects) expect(checkClaim({ ...claim, object: given })?.object).toBe(kept)
  const large = checkClaim({
    ...claim,
    object: 'x'.repeat(1e6),
    objectId: 'y'.repeat(1e6),
    login: 'z'.repeat(1e6),
    address: '1'.repeat(1e6),
  })
  expect(JSON.stringify(large).length).toBeLessThan(1000)
  expect(checkClaim({ ...claim, uid: 0, user: 'root', time: 'x', id: 'x', env: { PASSWORD: 'x' } })).toEqual({
    ...claim,
    duration: 2,
  })
  for (const wrong of [
    null,
    [],
    'x',
    { ...claim, operation: 'container.start; rm' },
    { ...claim, operation: '__proto__' },
    { ...claim, via: 'other' },
    { ...claim, result: 'not a code' },
    { ...claim, result: 7 },
    { ...claim, duration: -1 },
    { ...claim, duration: Infinity },
    { ...claim, duration: '1' },
  ])
    expect(checkClaim(wrong)).toBeUndefined()
  expect(['::ffff:127.0.0.1', 'fe80::1%eth0', '::1', 'localhost', '1.2.3', 7].map(cleanAddress)).toEqual([
    '127.0.0.1',
    'fe80::1',
    '::1',
    undefined,
    undefined,
    undefined,
  ])
})

test('who follows gets every record once, also over a rotation, and only their own', { timeout: 20_000 }, async () => {
  const stop = new AbortController()
  const log = openAuditFolder(folder, { rotation: { size: 3_000, kept: 50 } })
  await log.append('audit', record({ object: 'before' }))
  const seen = new Set<string | undefined>()
  const twice: (string | undefined)[] = []
  const alice = (async () => {
    for await (const { object } of follow({ folder, uid: 1001 }, { object: ['n'] }, stop.signal)) {
      if (seen.has(object)) twice.push(object)
      seen.add(object)
      if (object === 'n99') stop.abort()
    }
  })()
  for (let n = 0; seen.size === 0; n += 1) {
    await log.append('audit', record({ object: `begin${n}` }))
    await new Promise((resolve) => setImmediate(resolve))
  }
  for (let n = 0; n < 100; n += 1) {
    await log.append('audit', record({ object: `n${n}` }))
    await log.append('audit', record({ object: `n${n}`, uid: 0, user: 'root' }))
    if (n % 10 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await alice
  expect([...seen].filter((object) => object?.startsWith('n'))).toEqual(Array.from({ length: 100 }, (_, n) => `n${n}`))
  expect(twice).toEqual([])
})
