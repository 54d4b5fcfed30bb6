import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { allArtifacts, artifactByName, artifactsByDigest, blobsOfArtifacts, deleteArtifact, putArtifact } from './artifacts.ts'
import type { Database } from './connection.ts'
import { openDatabase } from './database.ts'
import { allImages, imageName, putImageName } from './images.ts'
import { blobsOfManifestLists, isManifestList, putManifestList } from './manifest-lists.ts'

let folder: string
let database: Database

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-lists-'))
  database = openDatabase(path.join(folder, 'state.db'))
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

const id = 'c'.repeat(64)
const put = (digest: string, blobs: string[] = []) =>
  database.transaction(() =>
    putManifestList(database, {
      id,
      document: { mediaType: 'application/vnd.oci.image.index.v1+json', digest, size: 100 },
      list: { instances: {}, files: {}, blobs },
      now: '2026-01-02T03:04:05Z',
    }),
  )

test('a list is an image among others, known by its first and its present digest', async () => {
  await put('sha256:1')
  await database.transaction(() => putImageName(database, { name: 'localhost/l:latest', image: id, digest: 'sha256:1' }))
  await put('sha256:2', ['sha256:a'])
  await put('sha256:3', ['sha256:a', 'sha256:b'])
  const [record] = allImages(database)
  expect(record && isManifestList(record)).toBe(true)
  expect(record).toMatchObject({
    id,
    created: 1_767_323_045,
    facts: { digests: ['sha256:3', 'sha256:1'], layers: [], chain: [] },
  })
  expect(imageName(database, 'localhost/l:latest')).toMatchObject({ digest: 'sha256:3' })
  expect(blobsOfManifestLists(database)).toEqual(['sha256:a', 'sha256:b'])
})

test('artifacts are kept by name', async () => {
  const record = { name: 'a/b:1', digest: `sha256:${'a'.repeat(64)}`, added: '2026', blobs: ['sha256:x'] }
  await database.transaction(() => {
    putArtifact(database, record)
    putArtifact(database, { ...record, name: 'a/b:2', blobs: ['sha256:y'] })
    putArtifact(database, { ...record, blobs: ['sha256:z'] })
  })
  expect(artifactByName(database, 'a/b:1')).toEqual({ ...record, blobs: ['sha256:z'] })
  expect(artifactsByDigest(database, 'aaaa').map(({ name }) => name)).toEqual(['a/b:1', 'a/b:2'])
  expect(blobsOfArtifacts(database)).toEqual(['sha256:z', 'sha256:y'])
  await database.transaction(() => expect(deleteArtifact(database, 'a/b:1')).toBe(true))
  expect(allArtifacts(database)).toHaveLength(1)
})
