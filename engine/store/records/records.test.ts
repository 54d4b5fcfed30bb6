import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import * as v from 'valibot'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import {
  allArtifacts,
  allContainers,
  allImages,
  allPods,
  allVolumes,
  containerById,
  containersToReconcile,
  damagedRecords,
  type Database,
  execSessionsOf,
  findContainer,
  freshState,
  openDatabase,
  podById,
  recordFormats,
  updateExecState,
  updatePod,
  updateState,
  updateVolume,
  volumeByName,
} from '../index.ts'
import { migrations } from '../migrations.ts'
import { checkRecord, readRecord, recordFormat } from './format.ts'

const fixtures = path.join(import.meta.dirname, '../fixtures/stores')
const stores = readdirSync(fixtures).toSorted()
const newest = stores.at(-1) as string

let folder: string
let file: string
let opened: Database | undefined

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-records-'))
  file = path.join(folder, 'state.db')
  opened = undefined
})
afterEach(() => {
  opened?.close()
  rmSync(folder, { recursive: true })
})

/** Makes the database as an earlier version left it. */
function restore(name: string, damage = ''): void {
  const raw = new DatabaseSync(file)
  raw.exec(`PRAGMA synchronous = OFF; BEGIN; ${readFileSync(path.join(fixtures, name), 'utf8')} ${damage}; COMMIT`)
  raw.close()
}

function open(): Database {
  opened = openDatabase(file)
  return opened
}

describe.each(stores)('the store %s', (name) => {
  test('opens, and all its records are of today', () => {
    restore(name)
    const database = open()
    expect(damagedRecords(database)).toEqual([])
    for (const { table, version } of recordFormats) {
      const rows = database.all(`SELECT version FROM main.${table}`)
      expect(new Set(rows.map((row) => row['version']))).toEqual(new Set(rows.length > 0 ? [version] : []))
    }
    const web = findContainer(database, 'web')
    expect(web.state).toMatchObject({ status: 'exited', exitCode: 3, finishedAt: '2026-01-01T00:01:00Z', stoppers: [] })
    expect(web.config).toMatchObject({ labels: { tier: 'front' }, restart: { name: 'always' } })
    expect(web.config.mounts.find(({ destination }) => destination === '/data')).toMatchObject({ kind: 'volume', volume: 'data' })
    expect(Object.keys(web.state).toSorted()).toEqual(Object.keys(freshState()).toSorted())
    expect(allContainers(database).map((record) => record.name)).toEqual(expect.arrayContaining(['web', 'member']))
    expect(allPods(database).map(({ config }) => config.labels)).toEqual([{ a: 'b' }])
    expect(allVolumes(database)).toMatchObject([{ name: 'data', config: { needsCopyUp: true } }])
    expect(allContainers(database).flatMap(({ id }) => execSessionsOf(database, id))).toMatchObject([{ state: { exitCode: 7 } }])
    for (const image of allImages(database)) expect(image.facts.manifest.digest).toMatch(/^sha256:/)
    for (const artifact of allArtifacts(database)) expect(artifact.blobs).toHaveLength(1)
  })

  test('is worked with', async () => {
    restore(name)
    const database = open()
    const { id } = findContainer(database, 'web')
    const [pod] = allPods(database)
    await database.transaction(() => {
      updateState(database, id, { exitCode: 9 })
      updatePod(database, pod!.id, { hostname: 'new' })
      updateVolume(database, 'data', { needsCopyUp: false })
      updateExecState(database, 'e'.repeat(64), { exitCode: 8 })
    })
    expect(containerById(database, id)?.state.exitCode).toBe(9)
    expect(podById(database, pod!.id)?.config).toMatchObject({ hostname: 'new', labels: { a: 'b' } })
    expect(volumeByName(database, 'data')?.config.needsCopyUp).toBe(false)
    expect(damagedRecords(database)).toEqual([])
  })
})

// What to do when it fails: add a step to the record's format and a migration, and a dump of a store as it is then.
test('the newest of these stores has the form of today: a change of a record is a new version', () => {
  restore(newest)
  const raw = new DatabaseSync(file)
  expect(raw.prepare('PRAGMA user_version').get()?.['user_version']).toBe(migrations.length)
  for (const format of recordFormats) {
    const rows = raw.prepare(`SELECT * FROM ${format.table}`).all()
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) {
      expect(row['version']).toBe(format.version)
      // Nothing had to be filled in or left out.
      expect(checkRecord(format, row)).toEqual(readRecord(format, row))
    }
  }
  raw.close()
})

describe('damage', () => {
  const damageOf = (table: string, column: string, where: string, value = '{"broken":') =>
    `UPDATE ${table} SET ${column} = '${value}' WHERE ${where};`

  test('names the record and the way out, and quotes nothing of it', () => {
    restore(newest, damageOf('containers', 'config', "name = 'web'", '{"env":["PASSWORD=secret"'))
    const database = open()
    expect(() => findContainer(database, 'web')).toThrow(
      expect.objectContaining({
        code: 'StoreCorrupt',
        message: expect.stringMatching(
          /^The record of container web \([0-9a-f]{12}\) is damaged \(its config is not JSON\): run berth system check --repair\.$/,
        ),
        details: expect.objectContaining({ reason: 'its config is not JSON' }),
      }),
    )
    try {
      findContainer(database, 'web')
    } catch (error) {
      expect(JSON.stringify([error, (error as Error).cause ?? null])).not.toContain('secret')
    }
    expect(findContainer(database, 'member').name).toBe('member')
  })

  test('lists leave it out where they are asked to, and fail otherwise', () => {
    restore(newest, damageOf('containers', 'state', "name = 'job'", '[]'.slice(1)))
    const database = open()
    const seen: string[] = []
    const rest = allContainers(database, (failure) => seen.push(failure.message))
    expect(rest.map(({ name }) => name)).toEqual(expect.arrayContaining(['web', 'member']))
    expect(rest.map(({ name }) => name)).not.toContain('job')
    expect(seen).toEqual([expect.stringMatching(/container job .* \(its state is not JSON\)/)])
    expect(containersToReconcile(database, () => {})).toEqual([])
    expect(() => allContainers(database)).toThrow(expect.objectContaining({ code: 'StoreCorrupt' }))
  })

  test.each([
    ['pods', 'config', 'TRUE', 'pod crew', (database: Database) => allPods(database)],
    ['volumes', 'config', 'TRUE', 'volume data', (database: Database) => allVolumes(database)],
    ['exec_sessions', 'state', 'TRUE', 'exec session eeee', (d: Database) => execSessionsOf(d, findContainer(d, 'job').id)],
    ['images', 'facts', "id LIKE '99%'", 'image 9999', (database: Database) => allImages(database)],
    ['artifacts', 'blobs', 'TRUE', 'artifact quay.io/a/art:1', (database: Database) => allArtifacts(database)],
  ])('of %s', (table, column, where, label, read) => {
    restore(newest, damageOf(table, column, where))
    const database = open()
    expect(() => read(database)).toThrow(
      expect.objectContaining({ code: 'StoreCorrupt', message: expect.stringContaining(label) }),
    )
    expect(damagedRecords(database)).toHaveLength(1)
  })

  test('a change does not make it worse', async () => {
    restore(newest, damageOf('containers', 'state', "name = 'web'"))
    const database = open()
    const id = String(database.get("SELECT id FROM containers WHERE name = 'web'")?.['id'])
    await expect(database.transaction(() => updateState(database, id, { pid: 1 }))).rejects.toMatchObject({
      code: 'StoreCorrupt',
    })
    expect(database.get('SELECT state FROM containers WHERE id = ?', id)?.['state']).toBe('{"broken":')
  })

  test('in a store of an earlier version leaves it to be opened, and the record to be named', () => {
    restore('4-stoppers.sql', damageOf('containers', 'config', "name = 'web'", '{}'))
    const database = open()
    expect(() => findContainer(database, 'web')).toThrow(/container web .* is damaged \(its config.spec is not /)
    expect(findContainer(database, 'job').state.stoppers).toHaveLength(1)
    expect(database.get("SELECT version FROM containers WHERE name = 'web'")).toEqual({ version: 0 })
  })

  test('of a field is found by the full check', () => {
    restore(newest, `UPDATE containers SET state = json_set(state, '$.pid', 'seven') WHERE name = 'web'`)
    const [found] = damagedRecords(open())
    expect(found?.failure).toMatchObject({ details: { reason: 'its state.pid is not number' } })
  })
})

test('a record of a newer version is refused, and left as it is', async () => {
  restore(newest, "UPDATE containers SET version = 99 WHERE name = 'web'; UPDATE volumes SET version = 99")
  const database = open()
  const newer = expect.objectContaining({ code: 'StoreUnsuitable', details: expect.objectContaining({ version: 99 }) })
  expect(() => findContainer(database, 'web')).toThrow(newer)
  expect(() => findContainer(database, 'web')).toThrow(
    /container web .* was written by a newer version of berth .*: upgrade berth/,
  )
  // A process of the older version that still runs must not take it for gone.
  expect(() => allContainers(database, () => {})).toThrow(newer)
  expect(() => volumeByName(database, 'data')).toThrow(newer)
  const id = String(database.get("SELECT id FROM containers WHERE name = 'web'")?.['id'])
  await expect(database.transaction(() => updateState(database, id, { pid: 1 }))).rejects.toEqual(newer)
  expect(database.get('SELECT version FROM containers WHERE id = ?', id)).toEqual({ version: 99 })
})

test('a row that a running process of the version before writes is brought up to date by reading and by changing', async () => {
  restore(newest)
  const database = open()
  const { id } = findContainer(database, 'web')
  const old = new DatabaseSync(file)
  old.exec(`UPDATE containers SET version = 0, state = json_remove(state, '$.stoppers') WHERE id = '${id}'`)
  old.close()
  expect(containerById(database, id)?.state.stoppers).toEqual([])
  expect(database.get('SELECT version FROM containers WHERE id = ?', id)).toEqual({ version: 0 })
  await database.transaction(() => updateState(database, id, { exitCode: 4 }))
  expect(database.get("SELECT version, json_extract(state, '$.stoppers') AS stoppers FROM containers WHERE id = ?", id)).toEqual({
    version: recordFormats[0]!.version,
    stoppers: '[]',
  })
})

test('steps lead from any version to the newest, one after another', () => {
  const format = recordFormat<{ config: { name: string; size: number; unit: string } }>({
    noun: 'thing',
    table: 'things',
    key: 'id',
    labels: 'id',
    columns: ['config'],
    schema: v.object({ config: v.object({ name: v.string(), size: v.number(), unit: v.optional(v.string(), 'B') }) }),
    steps: [
      ({ config }) => ({ config: { name: (config as { title: string }).title.trim() } }),
      ({ config }) => ({ config: { ...config, size: (config as { name: string }).name.length } }),
    ],
  })
  const read = (version: number, config: object) => readRecord(format, { id: 'a', version, config: JSON.stringify(config) })
  const newestForm = { config: { name: 'abc', size: 3, unit: 'B' } }
  expect(read(0, { title: ' abc ' })).toEqual(newestForm)
  expect(read(1, { title: ' abc ' })).toEqual(newestForm)
  expect(read(2, { name: 'abc' })).toEqual(newestForm)
  expect(read(3, newestForm.config)).toEqual(newestForm)
  expect(() => read(1, {})).toThrow(/cannot be upgraded from version 1/)
  expect(() => read(4, {})).toThrow(expect.objectContaining({ code: 'StoreUnsuitable' }))
})
