import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { allImages, type Database, namesOfImage, openDatabase, putImage, putImageName } from '../../../store/index.ts'
import { imageFilter } from './filter.ts'

let folder: string
let database: Database

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-filter-'))
  database = openDatabase(path.join(folder, 'state.db'))
  await database.transaction(() => {
    put('a', 1000, 'localhost/one:1', 'quay.io/x/other:2')
    put('b', 2000, 'localhost/two:latest')
    put('c', 3000)
  })
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

function put(letter: string, created: number, ...names: string[]): void {
  const digest = `sha256:${letter.repeat(64)}`
  const blob = { mediaType: 'x', digest, size: 1 }
  const id = letter.repeat(64)
  const facts = {
    os: 'linux',
    architecture: 'amd64',
    variant: '',
    labels: { of: letter, all: 'yes' },
    manifest: blob,
    config: blob,
  }
  putImage(database, {
    id,
    added: `2026-01-02T03:04:05Z`,
    created,
    size: 1,
    facts: { ...facts, layers: [], diffIds: [], chain: [], digests: [digest] },
  })
  for (const name of names) putImageName(database, { name, image: id, digest })
}

/** First letters of the ids of the images that pass. */
function pass(filters: Record<string, string[]>): string {
  const accepts = imageFilter(database, filters)
  return allImages(database)
    .filter((record) => accepts({ record, names: namesOfImage(database, record.id), containers: record.id[0] === 'b' ? 1 : 0 }))
    .map(({ id }) => id[0])
    .join('')
}

// As podman 5.4.2 answers.
test.each<[Record<string, string[]>, string]>([
  [{ id: ['a', 'b'] }, ''],
  [{ id: ['aa', 'aaa'] }, 'a'],
  [{ 'id!': ['a', 'b'] }, 'c'],
  [{ digest: ['sha256:', 'sha256:b'] }, 'b'],
  [{ before: ['two', 'cc'] }, 'a'],
  [{ since: ['one:1', 'two'] }, 'c'],
  [{ label: ['all', 'of=a'] }, 'a'],
  [{ label: ['of=b', 'of=a'] }, ''],
  [{ until: ['1500', '2500'] }, 'a'],
  [{ containers: ['true', '1'] }, 'b'],
  [{ reference: ['one', 'two'] }, 'ba'],
  [{ reference: ['*'], 'reference!': ['two'] }, 'a'],
  [{ reference: ['aaaa'] }, 'a'],
  [{ reference: ['sha256:cc'] }, 'c'],
  [{ reference: [`other@sha256:${'a'.repeat(64)}`] }, 'a'],
  [{ reference: ['one:2'] }, ''],
  [{ dangling: ['true'], before: ['cc'] }, ''],
])('%j', (filters, expected) => {
  expect(pass(filters)).toBe(expected)
})

test.each<[Record<string, string[]>, string]>([
  [{ digest: ['aaaa'] }, 'digest=aaaa'],
  [{ 'digest!': ['x'] }, 'digest=x'],
  [{ dangling: ['true', '0'] }, 'both true and false'],
  [{ shape: ['round'] }, 'shape'],
])('%j is refused', (filters, message) => {
  expect(() => pass(filters)).toThrow(message)
})
