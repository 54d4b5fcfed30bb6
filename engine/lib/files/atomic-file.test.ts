import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readJson, writeFileAtomic, writeFileAtomicSync } from './atomic-file.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'berth-file-'))
})
afterEach(() => rm(folder, { recursive: true }))

test.each([
  ['asynchronous', writeFileAtomic],
  ['synchronous', async (...args: Parameters<typeof writeFileAtomicSync>) => writeFileAtomicSync(...args)],
])('%s: replaces the content, sets the mode, leaves no other file', async (_, write) => {
  const file = path.join(folder, 'a.json')
  await write(file, '{"n":1}')
  await write(file, '{"n":2}', { mode: 0o640, sync: true })
  expect(await readJson(file)).toEqual({ n: 2 })
  expect((await stat(file)).mode & 0o777).toBe(0o640)
  expect(await readdir(folder)).toEqual(['a.json'])
})

test.each([
  ['asynchronous', writeFileAtomic],
  ['synchronous', async (...args: Parameters<typeof writeFileAtomicSync>) => writeFileAtomicSync(...args)],
])('%s: a failed write leaves nothing behind', async (_, write) => {
  // A folder cannot be replaced by a file, so the last step fails.
  await expect(write(folder, 'x')).rejects.toThrow(/^E[A-Z]+: /)
  const file = path.join(folder, 'kept')
  await writeFile(file, 'old')
  await expect(write(path.join(file, 'below'), 'x')).rejects.toThrow(/^E[A-Z]+: /)
  expect(await readdir(folder)).toEqual(['kept'])
  expect(await readFile(file, 'utf8')).toBe('old')
})

test('a missing file is undefined, a damaged one is named, a large one is refused', async () => {
  expect(await readJson(path.join(folder, 'none'))).toBeUndefined()
  const file = path.join(folder, 'bad')
  await writeFile(file, '{"half":')
  await expect(readJson(file)).rejects.toMatchObject({ code: 'StoreCorrupt', details: { file } })
  await writeFile(file, JSON.stringify('x'.repeat(10_000)))
  await expect(readJson(file, 5000)).rejects.toMatchObject({ code: 'TooLarge' })
  expect(await readJson(file, 10_002)).toHaveLength(10_000)
})

test('files of /proc, which claim to be empty, are read whole', async () => {
  expect(await readJson('/proc/self/oom_score_adj')).toBeTypeOf('number')
})
