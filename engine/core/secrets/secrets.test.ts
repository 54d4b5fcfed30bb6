import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { type LocalEngine, openEngine } from '../index.ts'

let folder: string
let local: LocalEngine
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-secrets-'))
  local = openEngine({ root: path.join(folder, 'store'), runRoot: path.join(folder, 'run') })
})
afterEach(async () => {
  await local.close()
  rmSync(folder, { recursive: true })
})

async function* bytes(text: string | Buffer): AsyncGenerator<Uint8Array, void, undefined> {
  yield Buffer.from(text)
}
const create = (name: string, value: string | Buffer, more: object = {}) =>
  local.engine['secret.create']({ name, body: bytes(value), ...more })
const valueOf = async (name: string) => (await local.engine['secret.inspect']({ name, showsecret: true })).SecretData
const files = (where = 'store/secrets/filedriver') => readdirSync(path.join(folder, where))

test('values are in files of their own that nobody else reads, and in no other place', async () => {
  const { ID } = await create('one', 'hunter2', { labels: { a: 'b' } })
  expect(ID).toMatch(/^[0-9a-f]{25}$/)
  const where = path.join(folder, 'store/secrets/filedriver')
  expect(statSync(where).mode & 0o777).toBe(0o700)
  expect(statSync(path.join(where, ID)).mode & 0o777).toBe(0o600)
  const { SecretData, ...known } = await local.engine['secret.inspect']({ name: ID.slice(0, 5) })
  expect(SecretData).toBeUndefined()
  expect(known.Spec).toEqual({ Name: 'one', Driver: { Name: 'file', Options: { path: where } }, Labels: { a: 'b' } })
  expect(await valueOf('one')).toBe('hunter2')
  await local.close()
  for (const name of readdirSync(path.join(folder, 'store'), { recursive: true, encoding: 'utf8' })) {
    const file = path.join(folder, 'store', name)
    if (statSync(file).isFile() && !file.endsWith(ID)) expect(readFileSync(file).includes('hunter2'), file).toBe(false)
  }
})

test('a name is used once, is left alone, or gets another value with a new id', async () => {
  const first = await create('one', 'a')
  await expect(create('one', 'b')).rejects.toMatchObject({ code: 'SecretExists', message: 'one: secret name in use' })
  expect(await create('one', 'b', { ignore: true })).toEqual(first)
  expect(await valueOf('one')).toBe('a')
  const before = await local.engine['secret.inspect']({ name: 'one' })
  const second = await create('one', 'b', { replace: true })
  expect(second.ID).not.toBe(first.ID)
  expect(files()).toEqual([second.ID])
  expect(await local.engine['secret.inspect']({ name: 'one' })).toMatchObject({ CreatedAt: before.CreatedAt })
})

test('what cannot be a secret is refused, and leaves nothing', async () => {
  for (const [name, value, message] of [
    ['a/b', 'x', 'invalid secret name'],
    ['a', '', 'larger than 0 and less than 512000'],
    ['a', 'x'.repeat(512_000), 'larger than 0 and less than 512000'],
  ] as const)
    await expect(create(name, value)).rejects.toThrow(message)
  await expect(create('a', 'x', { driver: 'nope' })).rejects.toThrow('invalid driver')
  await expect(create('a', 'x', { driveropts: { bogus: '1' } })).rejects.toThrow('invalid option "bogus"')
  await expect(create('a', 'x', { driver: 'shell' })).rejects.toThrow('missing config value')
  expect(await local.engine['secret.list']({})).toEqual([])
})

test('filters', async () => {
  const { ID } = await create('one', 'x')
  await create('two', 'x')
  const names = async (filters: Record<string, string[]>) =>
    (await local.engine['secret.list']({ filters })).map(({ Spec }) => Spec.Name)
  expect(await names({ name: ['o$'] })).toEqual(['two'])
  expect(await names({ name: ['n', 't'] })).toEqual(['one', 'two'])
  for (const part of [ID.slice(0, 12), ID.slice(6, 20)]) expect(await names({ id: [part] })).toEqual(['one'])
  await expect(names({ bad: ['x'] })).rejects.toThrow('invalid filter "bad"')
})

test('a value that a killed process left goes with the next one', async () => {
  mkdirSync(path.join(folder, 'store/secrets/filedriver'), { recursive: true })
  writeFileSync(path.join(folder, 'store/secrets/filedriver/lost'), 'x')
  const { ID } = await create('one', 'x')
  expect(files()).toEqual([ID])
  await local.engine['secret.remove']({ name: 'one' })
  expect(files()).toEqual([])
  await expect(local.engine['secret.exists']({ name: 'one' })).rejects.toMatchObject({ code: 'SecretNotFound' })
})

test('commands of the user keep bytes as they are, and never see them on a command line', async () => {
  const kept = path.join(folder, 'kept')
  mkdirSync(kept)
  const driveropts = {
    store: `cat >${kept}/$SECRET_ID; echo "$0 $*" >${kept}/args`,
    lookup: `cat ${kept}/$SECRET_ID`,
    delete: `rm ${kept}/$SECRET_ID`,
    list: `ls ${kept}`,
  }
  const value = Buffer.from([0, 1, 254, 255, 10])
  const { ID } = await create('one', value, { driver: 'shell', driveropts })
  expect(readFileSync(path.join(kept, ID))).toEqual(value)
  expect(readFileSync(path.join(kept, 'args'), 'latin1')).not.toContain('\u00FE')
  await local.engine['secret.remove']({ name: 'one' })
  expect(readdirSync(kept)).toEqual(['args'])
  const broken = { ...driveropts, store: 'echo no room >&2; exit 3' }
  await expect(create('two', 'x', { driver: 'shell', driveropts: broken })).rejects.toMatchObject({
    code: 'SecretDriverFailed',
    message: expect.stringMatching(/failed: no room$/),
  })
})
