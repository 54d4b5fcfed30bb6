import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'

import type { Database } from './connection.ts'
import { openDatabase } from './database.ts'
import { allImageNames, allNameHistory, deleteImageName, nameHistory, namesOfImage, putImage, putImageName } from './images.ts'
import { putManifestList } from './manifest-lists.ts'
import { migrations } from './migrations.ts'
import { showReadOnlyImages } from './read-only-images.ts'

let folder: string
let database: Database

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-images-'))
  database = openDatabase(path.join(folder, 'state.db'))
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

const [first, second] = ['a'.repeat(64), 'b'.repeat(64)]
const blob = { mediaType: 'x', digest: 'sha256:1', size: 1 }
const record = (id: string) => ({
  id,
  added: '2026-01-02T03:04:05Z',
  created: 0,
  size: 1,
  facts: {
    os: 'linux',
    architecture: 'amd64',
    variant: '',
    labels: null,
    manifest: blob,
    config: blob,
    layers: [],
    diffIds: [],
    chain: [],
    digests: [blob.digest],
  },
})
const put = (id: string) => database.transaction(() => putImage(database, record(id)))
const give = (image: string, ...names: string[]) =>
  database.transaction(() => {
    for (const name of names) putImageName(database, { name, image, digest: blob.digest })
  })
const take = (...names: string[]) => database.transaction(() => names.map((name) => deleteImageName(database, name)))
const names = (id: string) => namesOfImage(database, id).map(({ name }) => name)
const history = (id: string) => nameHistory(database, id)

// What podman 5.4.2 has after the same steps.
test('names come newest first, and their history oldest first with those that are gone at its end', async () => {
  await put(first)
  await put(second)
  await give(first, 'two', 'v1', 'v2')
  expect([names(first), history(first)]).toEqual([
    ['v2', 'v1', 'two'],
    ['two', 'v1', 'v2'],
  ])
  await give(first, 'v1')
  expect(names(first)).toEqual(['v1', 'v2', 'two'])
  await give(first, 'two')
  expect(history(first)).toEqual(['v2', 'v1', 'two'])
  await take('v2')
  expect([names(first), history(first)]).toEqual([
    ['two', 'v1'],
    ['v1', 'two', 'v2'],
  ])
  await give(first, 'v2')
  await give(second, 'v2')
  expect([names(first), history(first)]).toEqual([
    ['two', 'v1'],
    ['v1', 'two', 'v2'],
  ])
  expect([names(second), history(second)]).toEqual([['v2'], ['v2']])
  await give(first, 'v2', 'n1', 'n2', 'n3')
  for (const name of ['n1', 'n2', 'n3']) await take(name)
  expect([names(first), history(first)]).toEqual([
    ['v2', 'two', 'v1'],
    ['v1', 'two', 'v2', 'n3', 'n2', 'n1'],
  ])
  expect(allImageNames(database).map(({ name }) => name)).toEqual(['v2', 'two', 'v1'])
  expect(allNameHistory(database).get(first)).toEqual(history(first))
})

test('a list that changes keeps the order of its names', async () => {
  const list = { id: first, document: blob, list: { instances: {}, files: {}, blobs: [] }, now: '2026-01-02T03:04:05Z' }
  await database.transaction(() => putManifestList(database, list))
  await give(first, 'b', 'a', 'c')
  await database.transaction(() => putManifestList(database, { ...list, document: { ...blob, digest: 'sha256:2' } }))
  expect(names(first)).toEqual(['c', 'a', 'b'])
})

test('images of other stores bring their order along', async () => {
  showReadOnlyImages(database, [{ record: record(first), names: ['m', 'z', 'a'], history: ['a', 'z', 'm', 'gone', 'before'] }])
  expect([names(first), history(first)]).toEqual([
    ['m', 'z', 'a'],
    ['a', 'z', 'm', 'gone', 'before'],
  ])
})

test('a store of an earlier version keeps its names, in alphabetical order', async () => {
  const file = path.join(folder, 'old.db')
  const old = new DatabaseSync(file)
  for (const step of migrations.slice(0, 3)) old.exec(step)
  old.exec('PRAGMA user_version = 3')
  old.prepare('INSERT INTO images VALUES (?, ?, 0, 1, ?)').run(first, '2026', JSON.stringify(record(first).facts))
  for (const name of ['b', 'a']) old.prepare('INSERT INTO image_names VALUES (?, ?, ?)').run(name, first, blob.digest)
  old.close()
  const opened = openDatabase(file)
  try {
    expect(namesOfImage(opened, first).map(({ name }) => name)).toEqual(['a', 'b'])
    await opened.transaction(() => putImageName(opened, { name: 'b', image: first, digest: blob.digest }))
    expect(namesOfImage(opened, first).map(({ name }) => name)).toEqual(['b', 'a'])
  } finally {
    opened.close()
  }
})
