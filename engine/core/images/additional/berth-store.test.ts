import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { digestOf } from '../../../image/index.ts'
import { readBerthStore } from './berth-store.ts'

let folder: string
let root: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-other-'))
  root = join(folder, 'store')
})
afterEach(() => rmSync(folder, { recursive: true }))

const chain = 'ab'.repeat(32)
const layer = (): string => join(root, 'layers', chain)

/** A store with one image of one layer. */
function makeStore(names: string[]): void {
  const blob = (text: string): { digest: string; size: number; mediaType: string } => {
    const digest = digestOf(Buffer.from(text))
    mkdirSync(join(root, 'blobs/sha256'), { recursive: true })
    writeFileSync(join(root, 'blobs', digest.replace(':', '/')), text)
    return { digest, size: text.length, mediaType: 'x' }
  }
  const platform = { os: 'linux', architecture: 'amd64', variant: '', labels: null }
  const content = { manifest: blob('manifest'), config: blob('config'), layers: [blob('layer')], diffIds: ['x'], chain: [chain] }
  const facts = { ...platform, ...content, digests: [content.manifest.digest] }
  mkdirSync(join(layer(), 'diff'), { recursive: true })
  writeFileSync(join(layer(), 'layer.json'), '{"size":5}')
  const database = new DatabaseSync(join(root, 'state.db'))
  database.exec('CREATE TABLE images (id, added, created, size, facts); CREATE TABLE image_names (name, image)')
  database.prepare('INSERT INTO images VALUES (?, ?, ?, ?, ?)').run('cd'.repeat(32), '', 0, 0, JSON.stringify(facts))
  for (const name of names) database.prepare('INSERT INTO image_names VALUES (?, ?)').run(name, 'cd'.repeat(32))
  database.close()
}

test('names that are none are left out', () => {
  makeStore(['localhost/a:1', 'short', '../x', 'quay.io/a/b:\u001b[31mred', 'quay.io/a/b:1\n'])
  expect(readBerthStore(root).images.map(({ names }) => names)).toEqual([['localhost/a:1']])
})

test.each([
  [
    'a view in the place of a table',
    'ALTER TABLE image_names RENAME TO other; CREATE VIEW image_names AS WITH RECURSIVE n(name, image) AS (VALUES (1, 1) UNION ALL SELECT name + 1, image FROM n) SELECT * FROM n',
  ],
  ['a column that is computed', 'ALTER TABLE images ADD COLUMN more AS (hex(zeroblob(1000000)))'],
])('%s is not asked', (_, change) => {
  makeStore(['localhost/a:1'])
  const database = new DatabaseSync(join(root, 'state.db'))
  database.exec(change)
  database.close()
  expect(() => readBerthStore(root)).toThrow(
    expect.objectContaining({ code: 'StoreCorrupt', message: expect.stringContaining('not the tables') }),
  )
})

test.each([
  [
    'files behind a link',
    () => {
      renameSync(layer(), join(folder, 'elsewhere'))
      symlinkSync(join(folder, 'elsewhere'), layer())
    },
  ],
  [
    'a record that nobody writes to its end',
    () => {
      rmSync(join(layer(), 'layer.json'))
      execFileSync('mkfifo', [join(layer(), 'layer.json')])
    },
  ],
  ['a record without end', () => replaceRecord('/dev/zero')],
])('%s: the image is left out, and nobody waits', (_, damage) => {
  makeStore(['localhost/a:1'])
  expect(readBerthStore(root).images).toHaveLength(1)
  damage()
  const store = readBerthStore(root)
  expect(store.images).toEqual([])
  expect(store.warnings).toHaveLength(1)
})

function replaceRecord(target: string): void {
  rmSync(join(layer(), 'layer.json'))
  symlinkSync(target, join(layer(), 'layer.json'))
}

test.each([
  [
    'of a newer version',
    'ALTER TABLE images ADD COLUMN version INTEGER; UPDATE images SET version = 99',
    /newer version of berth/,
  ],
  [
    'of another shape',
    "UPDATE images SET facts = json_set(facts, '$.chain[0]', 7)",
    /is damaged \(its facts\.chain\.0 is not string\)/,
  ],
])('a record %s: the image is left out, with a note', (_, sql, note) => {
  makeStore(['localhost/a:1'])
  const database = new DatabaseSync(join(root, 'state.db'))
  database.exec(sql)
  database.close()
  expect(readBerthStore(root)).toMatchObject({ images: [], warnings: [expect.stringMatching(note)] })
})
