import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { followRecords, listRecords, sendRecord } from '../lib/audit/client.ts'
import { openAuditFolder } from '../lib/audit/folder.ts'
import { newRecordId } from '../lib/audit/record.ts'
import { auditAccounts } from './audit-accounts.ts'
import { type AuditService, startAuditService } from './audit-service.ts'

const me = process.getuid!()
const claim = { operation: 'container.start', via: 'cli' as const, object: 'web', result: 'ok', duration: 1 }
let folder: string
let path: string
let service: AuditService | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-'))
  path = join(folder, 'audit.sock')
})
afterEach(async () => {
  await service?.close()
  service = undefined
  rmSync(folder, { recursive: true, force: true })
})

/** A service that takes this process for the web server, or for somebody else. */
async function start(server: number): Promise<void> {
  const passwd = join(folder, 'passwd')
  writeFileSync(
    passwd,
    `root:x:0:0::/root:/bin/sh\nme:x:${me === 0 ? 0 : me}:0::/:/bin/sh\nalice:x:1001:1001::/home/alice:/bin/sh\n`,
  )
  service = await startAuditService({
    path,
    folder: openAuditFolder(join(folder, 'log')),
    server,
    accounts: auditAccounts(passwd),
    log: () => {},
  })
}

const log = (file: string): Record<string, unknown>[] =>
  readFileSync(join(folder, 'log', `${file}.jsonl`), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

/** Sends bytes and gives all that comes until the service ends the connection, or there are `lines` lines. */
function talk(bytes: string, lines = 1): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => socket.write(bytes))
    let text = ''
    socket.setEncoding('utf8').on('data', (data: string) => {
      text += data
      if (text.split('\n').length > lines) socket.destroy()
    })
    socket.once('error', reject)
    socket.once('close', () => resolve(text))
  })
}

test('who it is and when is the kernel’s and the service’s word, whatever the record says', async () => {
  await start(4242)
  const forged = { ...claim, uid: 7, user: 'bob', id: 'x', time: '1970-01-01', pid: 1, source: 'server', missed: 9 }
  expect(await sendRecord(path, forged as never)).toBe(true)
  const [record] = log(me === 0 ? 'audit' : `audit-user-${me}`)
  expect(record).toMatchObject({ ...claim, uid: me, pid: process.pid, source: 'engine' })
  expect(Date.now() - Date.parse(String(record!['time']))).toBeLessThan(60_000)
  expect([record!['user'], 'missed' in record!]).toEqual([me === 0 ? 'root' : 'me', false])
})

test('nobody but the server says who logged in, and the server says nothing else', async () => {
  await start(4242)
  const login = { operation: 'session.login' as const, user: 'alice', result: 'ok', duration: 1 }
  expect(await sendRecord(path, login)).toBe(false)
  await service?.close()
  await start(me)
  expect(await sendRecord(path, claim)).toBe(false)
  expect(await sendRecord(path, { ...login, address: '::ffff:192.0.2.7' })).toBe(true)
  expect(log('audit')).toMatchObject([{ ...login, uid: 1001, address: '192.0.2.7', via: 'console', source: 'server' }])
})

test('a name that no account has is not written down: it may be a password', async () => {
  await start(me)
  const refused = { operation: 'session.login' as const, result: 'authentication-failed', duration: 1 }
  for (const user of ['hunter2 secret', 'hunter2', '1001', '01001', '', 'alice\n', 'Alice', 'x'.repeat(5000)])
    await sendRecord(path, { ...refused, user })
  await sendRecord(path, { ...refused, user: 'alice' })
  const found = log('audit-refused')
  expect(found.map(({ user, uid }) => [user, uid])).toEqual([
    ...Array.from({ length: 8 }, () => ['unknown', undefined]),
    ['alice', 1001],
  ])
  expect(JSON.stringify(found)).not.toMatch(/hunter2|01001/)
  expect(readdirSync(join(folder, 'log'))).toEqual(['audit-refused.jsonl'])
})

test('refused logins are bounded, in a file of their own, and how many were dropped is said', async () => {
  await start(me)
  const refused = { operation: 'session.login' as const, user: 'alice', result: 'authentication-failed', duration: 1 }
  const began = performance.now()
  // A few at a time: the sender of a record does not wait for ever.
  for (let sent = 0; sent < 300; sent += 20)
    await Promise.all(Array.from({ length: 20 }, () => sendRecord(path, refused)))
  const allowedSince = Math.ceil((2 * (performance.now() - began)) / 1000)
  const taken = log('audit-refused').length
  expect(taken).toBeGreaterThanOrEqual(200)
  expect(taken).toBeLessThanOrEqual(200 + allowedSince)
  const done = { ...refused, operation: 'session.logout' as const, result: 'ok' }
  expect(await sendRecord(path, done)).toBe(true)
  let sent = 301
  while (!(await sendRecord(path, refused))) sent += 1
  const said = log('audit-refused').reduce((sum, { missed }) => sum + Number(missed ?? 0), 0)
  expect(said + log('audit-refused').length).toBe(sent)
})

test('what is no request is answered or ended, and others go on', async () => {
  await start(4242)
  expect(await talk('nothing\n')).toContain('no JSON')
  expect(await talk('null\n')).toContain('error')
  expect(await talk('{}\n')).toContain('no request')
  expect(await talk(`{"record":{"operation":"x"}}\n`)).toContain('no record')
  expect(await talk(`{"list":{"filters":{"uid":["0"]},"limit":1}}\n`)).toContain('uid is no filter')
  expect(await talk(`{"list":{"filters":[],"limit":1e9}}\n`)).toContain('no query')
  expect(await talk('x'.repeat(40_000), 99)).toBe('')
  const many = `${JSON.stringify({ record: claim })}\n`
  expect((await talk(many.repeat(100), 100)).split('\n').filter((line) => line.includes('"ok":true')).length).toBe(100)
  expect(await sendRecord(path, claim)).toBe(true)
})

test('a list has the newest records, and a follower gets new ones', async () => {
  await start(4242)
  for (let n = 0; n < 5; n += 1) await sendRecord(path, { ...claim, object: `c${n}` })
  const listed = await listRecords(path, { filters: { object: ['c'] }, limit: 2 })
  expect(listed?.map(({ object }) => object)).toEqual(['c4', 'c3'])
  const stop = new AbortController()
  const items = followRecords(path, { object: ['new'] }, stop.signal)
  const seen: unknown[] = []
  const first = items.next().then(({ value }) => seen.push(value?.object))
  while (seen.length === 0) {
    await sendRecord(path, { ...claim, object: 'new' })
    await new Promise((resolve) => setImmediate(resolve))
  }
  await first
  expect(seen).toEqual(['new'])
  stop.abort()
  await items.return()
})

test('without a service nothing is taken, listed or followed', async () => {
  expect(await sendRecord(path, claim)).toBe(false)
  expect(await listRecords(path, { filters: {}, limit: 1 })).toBeUndefined()
  expect(await Array.fromAsync(followRecords(path, {}, new AbortController().signal))).toEqual([])
  expect(newRecordId() < newRecordId()).toBe(true)
})
