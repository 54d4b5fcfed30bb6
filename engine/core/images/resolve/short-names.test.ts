import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { describe, type OperationName, textsAt } from '../../../contract/index.ts'
import { type Database, openDatabase, putImage, putImageName } from '../../../store/index.ts'
import { lookUpImage } from './find.ts'
import { prepareShortNames } from './short-names.ts'

let folder: string
let database: Database

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'berth-short-names-'))
  configure(
    'unqualified-search-registries = ["first.io", "second.io", "docker.io"]\n[aliases]\n"ali" = "quay.io/al/ali"\n"al" = "quay.io/al/other"',
  )
  vi.stubEnv('CONTAINERS_REGISTRIES_CONF', join(folder, 'registries.conf'))
  vi.stubEnv('CONTAINERS_REGISTRIES_CONF_DIR', folder)
  vi.stubEnv('CONTAINERS_SHORT_NAME_ALIASES_CONF', join(folder, 'none'))
  database = openDatabase(join(folder, 'state.db'))
  await database.transaction(() => {
    // Ids in another order than the images came.
    for (const [i, letter] of ['f', 'e', 'd'].entries()) put(letter, `2026-01-0${i + 1}T00:00:00Z`)
  })
})
afterEach(() => {
  vi.unstubAllEnvs()
  database.close()
  rmSync(folder, { recursive: true })
})

const configure = (text: string): void => writeFileSync(join(folder, 'registries.conf'), text)

function put(letter: string, added: string): void {
  const digest = `sha256:${letter.repeat(64)}`
  const blob = { mediaType: 'x', digest, size: 1 }
  const facts = { os: 'linux', architecture: 'amd64', variant: '', labels: null, manifest: blob, config: blob }
  const more = { layers: [], diffIds: [], chain: [], digests: [digest] }
  putImage(database, { id: letter.repeat(64), added, created: 0, size: 1, facts: { ...facts, ...more } })
}

const give = (letter: string, name: string) =>
  database.transaction(() => {
    putImageName(database, { name, image: letter.repeat(64), digest: `sha256:${letter.repeat(64)}` })
  })

async function find(text: string): Promise<string | undefined> {
  await prepareShortNames(database, [text])
  return lookUpImage(database, text)?.name
}

// As podman 5.4.2 answers.
test('a short name is its alias, then localhost’s, then that of the first registry that is searched', async () => {
  await give('f', 'docker.io/library/ali:latest')
  expect(await find('ali')).toBe('docker.io/library/ali:latest')
  await give('e', 'second.io/ali:latest')
  expect(await find('ali')).toBe('second.io/ali:latest')
  await give('d', 'first.io/ali:latest')
  expect(await find('ali')).toBe('first.io/ali:latest')
  await give('f', 'localhost/ali:latest')
  expect(await find('ali')).toBe('localhost/ali:latest')
  await give('e', 'quay.io/al/ali:latest')
  expect(await find('ali')).toBe('quay.io/al/ali:latest')
  expect(await find('ali:latest')).toBe('quay.io/al/ali:latest')
  expect(await find('localhost/ali')).toBe('localhost/ali:latest')
})

test('an alias of another name comes before localhost’s, too', async () => {
  await give('f', 'localhost/al:latest')
  expect(await find('al')).toBe('localhost/al:latest')
  await give('e', 'quay.io/al/other:latest')
  expect(await find('al')).toBe('quay.io/al/other:latest')
})

test('an image that is here only as its alias is found, wherever an operation has the name', async () => {
  await give('f', 'quay.io/al/other:latest')
  expect(lookUpImage(database, 'al')).toBeUndefined()
  const inputs = {
    'image.inspect': { name: 'al' },
    'image.export': { references: ['x', 'al'] },
    'image.removeMany': { images: ['al'] },
    'image.changes': { name: 'x', parent: 'al' },
    'container.create': { body: { image: 'al' } },
  } as const
  for (const [operation, input] of Object.entries(inputs)) {
    await prepareShortNames(database, ['quay.io/x'])
    await prepareShortNames(database, textsAt(input, describe(operation as OperationName).imageNames ?? []))
    expect(lookUpImage(database, 'al')?.name).toBe('quay.io/al/other:latest')
  }
  expect(await find('al:2')).toBeUndefined()
  expect(await find('example.com/al')).toBeUndefined()
})

test('else it is that of the image that came first', async () => {
  await give('e', 'aed.io/b/c:latest')
  await give('f', 'zed.io/b/c:latest')
  expect(await find('c')).toBe('zed.io/b/c:latest')
  expect(await find('b/c')).toBe('zed.io/b/c:latest')
  expect(await find('c:1')).toBeUndefined()
})

test('with a configuration that cannot be read, what is here is found all the same', async () => {
  configure('not toml')
  await give('f', 'first.io/x:latest')
  await give('e', 'localhost/x:latest')
  expect(await find('x')).toBe('localhost/x:latest')
})
