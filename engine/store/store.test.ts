import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'

import {
  allContainers,
  appendEvent,
  type ContainerRecord,
  containersToReconcile,
  type Database,
  deleteContainer,
  dependents,
  findContainer,
  freshState,
  insertContainer,
  insertExecSession,
  insertPod,
  insertVolume,
  deleteVolume,
  openDatabase,
  renameContainer,
  takeAddress,
  takeStaticAddress,
  updateState,
  execSessionsOf,
  releaseAddresses,
} from './index.ts'
import { migrations } from './migrations.ts'

let folder: string
let database: Database

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-store-'))
  database = openDatabase(path.join(folder, 'root/state.db'))
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

const idOf = (start: string) => start.padEnd(64, '0')

function container(id: string, name: string, more: Partial<ContainerRecord> = {}): ContainerRecord {
  return {
    id: idOf(id),
    name,
    created: `2026-01-01T00:00:00.${id.length}Z`,
    pod: null,
    config: { mounts: [], image: null } as never,
    state: freshState(),
    ...more,
  }
}

const add = (record: ContainerRecord, needs: string[] = []) =>
  database.transaction(() => insertContainer(database, record, needs))

test("the store is its owner's alone", () => {
  expect(statSync(path.join(folder, 'root')).mode & 0o777).toBe(0o700)
})

test('found by id, name, or unique beginning of the id', async () => {
  await add(container('abc1', 'one'))
  await add(container('abc2', 'abd'))
  expect(findContainer(database, idOf('abc1')).name).toBe('one')
  expect(findContainer(database, 'abc2').name).toBe('abd')
  expect(findContainer(database, 'abd').id).toBe(idOf('abc2'))
  expect(() => findContainer(database, 'abc')).toThrow(expect.objectContaining({ code: 'NameAmbiguous' }))
  expect(() => findContainer(database, 'zzz')).toThrow('no container with name or ID "zzz" found: no such container')
})

test('a name belongs to one container or pod, and a failed transaction leaves nothing', async () => {
  await add(container('a', 'web'))
  const taken = `creating container storage: the container name "web" is already in use by ${idOf('a')}.`
  await expect(add(container('b', 'web'))).rejects.toThrow(taken)
  expect(allContainers(database)).toHaveLength(1)
  await expect(
    database.transaction(() => insertPod(database, { id: idOf('c'), name: 'web', created: '', config: {} as never })),
  ).rejects.toMatchObject({ code: 'PodExists' })
  await expect(add(container('d', '-bad'))).rejects.toMatchObject({ code: 'NameInvalid' })
  await database.transaction(() => renameContainer(database, idOf('a'), 'other'))
  await add(container('b', 'web'))
  expect(findContainer(database, 'other').id).toBe(idOf('a'))
})

test('what others need stays, and what belongs to a container goes with it', async () => {
  await add(container('a', 'infra'))
  await add(container('b', 'member'), [idOf('a')])
  expect(dependents(database, idOf('a'))).toEqual([idOf('b')])
  await expect(database.transaction(() => deleteContainer(database, idOf('a')))).rejects.toThrow(/FOREIGN KEY/)
  const exec = { id: idOf('e'), container: idOf('b'), config: {} as never, state: { status: 'created' } as never }
  await database.transaction(() => insertExecSession(database, exec))
  await database.transaction(() => deleteContainer(database, idOf('b')))
  expect(execSessionsOf(database, idOf('b'))).toEqual([])
  await database.transaction(() => deleteContainer(database, idOf('a')))
  expect(allContainers(database)).toEqual([])
})

test('a volume in use stays', async () => {
  await database.transaction(() => insertVolume(database, { name: 'data', created: '', config: {} as never }))
  await add(container('a', 'user', { config: { mounts: [{ volume: 'data' }], image: null } as never }))
  await expect(database.transaction(() => deleteVolume(database, 'data'))).rejects.toMatchObject({ code: 'VolumeInUse' })
})

test('state changes field by field, and only what may run is compared with the facts', async () => {
  await add(container('a', 'one'))
  await add(container('b', 'two'))
  await database.transaction(() => updateState(database, idOf('a'), { status: 'running', pid: 7 }))
  await database.transaction(() => updateState(database, idOf('a'), { exitCode: 3 }))
  expect(findContainer(database, 'one').state).toMatchObject({ status: 'running', pid: 7, exitCode: 3 })
  expect(containersToReconcile(database).map(({ name }) => name)).toEqual(['one'])
})

test('the version reflects changes here and elsewhere', async () => {
  const first = database.version()
  expect(database.version()).toBe(first)
  await add(container('a', 'one'))
  const second = database.version()
  expect(second).not.toBe(first)
  const other = openDatabase(database.file)
  await other.transaction(() => updateState(other, idOf('a'), { pid: 1 }))
  other.close()
  expect(database.version()).not.toBe(second)
})

test('no address is given twice, one just freed not at once, and a full network says so', async () => {
  const range = { first: 10n, last: 12n }
  const take = (id: string) => database.transaction(() => takeAddress(database, 'net', range, id))
  expect([await take('a'), await take('b')]).toEqual([10n, 11n])
  await database.transaction(() => releaseAddresses(database, 'a'))
  expect(await take('c')).toBe(12n)
  expect(await take('d')).toBe(10n)
  await expect(take('e')).rejects.toMatchObject({ code: 'AddressExhausted' })
  await expect(database.transaction(() => takeStaticAddress(database, 'net', 11n, '0.0.0.11', 'x'))).rejects.toThrow(
    /already allocated to container ID b/,
  )
})

test("the gateway's address is nobody's, and IPv6 goes on beside IPv4", async () => {
  const take = (first: bigint, last: bigint, except?: bigint) =>
    database.transaction(() => takeAddress(database, 'both', { first, last, except }, 'a'))
  const six = 1n << 100n
  expect([await take(1n, 5n, 2n), await take(six, six + 2n), await take(1n, 5n, 2n), await take(six, six + 2n)]).toEqual([
    1n,
    six,
    3n,
    six + 1n,
  ])
})

/** Another process that has the database, and lets go when its standard input ends. */
async function holdElsewhere(statements: string, release: string) {
  const script = `
    const { DatabaseSync } = require('node:sqlite')
    const database = new DatabaseSync(${JSON.stringify(database.file)})
    database.exec(${JSON.stringify(statements)})
    console.log('held')
    process.stdin.resume().once('end', () => { ${release}; database.close() })
  `
  const holder = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await new Promise((resolve) => holder.stdout.once('data', resolve))
  return holder
}

test('two processes write one after the other, without blocking the thread of the one that waits', async () => {
  const holder = await holdElsewhere('BEGIN IMMEDIATE', "database.exec('COMMIT')")
  let added = false
  const adding = add(container('a', 'one')).then(() => (added = true))
  // The other process goes on only once this thread has had its turns.
  for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(added).toBe(false)
  holder.stdin.end()
  await adding
  expect(findContainer(database, 'one').id).toBe(idOf('a'))
})

test('an opening waits for another process that has the store to itself, as the last one that closes it', async () => {
  await add(container('a', 'one'))
  database.close()
  // Longer than SQLite itself waits.
  const holder = await holdElsewhere(
    'PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; COMMIT',
    'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)',
  )
  await new Promise<void>((resolve) => holder.stdin.end(resolve))
  database = openDatabase(database.file)
  expect(findContainer(database, 'one').id).toBe(idOf('a'))
})

test('a store from a newer version is refused, and one that is no database too', () => {
  database.close()
  const raw = new DatabaseSync(database.file)
  raw.exec(`PRAGMA user_version = ${migrations.length + 1}`)
  raw.close()
  expect(() => openDatabase(database.file)).toThrow(expect.objectContaining({ code: 'StoreUnsuitable' }))
  const broken = path.join(folder, 'broken.db')
  writeFileSync(broken, 'this is not a database, however long it may be '.repeat(100))
  expect(() => openDatabase(broken)).toThrow(expect.objectContaining({ code: 'StoreCorrupt' }))
})

test("events are one line each, in podman's form", () => {
  const file = path.join(folder, 'events.jsonl')
  appendEvent(file, { type: 'container', status: 'died', id: 'a', name: 'one\n', image: 'i', exitCode: 3 })
  appendEvent(file, { type: 'image', status: 'pull', id: 'b', name: 'two', attributes: { huge: 'x'.repeat(400_000) } })
  const [first, second, rest] = readFileSync(file, 'utf8').split('\n')
  expect(JSON.parse(first as string)).toMatchObject({
    ID: 'a',
    Name: 'one\n',
    Status: 'died',
    Type: 'container',
    ContainerExitCode: 3,
    Attributes: null,
  })
  expect(JSON.parse(second as string)).toMatchObject({ Status: 'pull', Attributes: null })
  expect(rest).toBe('')
})
