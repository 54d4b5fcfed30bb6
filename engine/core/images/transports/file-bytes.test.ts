import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { fileBytes, readSmall } from './file-bytes.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-files-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const read = async (name: string): Promise<string> => {
  const parts: Uint8Array[] = []
  for await (const part of fileBytes(join(folder, name), 2, 'The blob')) parts.push(part)
  return Buffer.concat(parts).toString()
}

test('a blob is read from where it is wanted', async () => {
  writeFileSync(join(folder, 'x'), 'content')
  expect(await read('x')).toBe('ntent')
})

test('a fifo, a device or a folder in the place of a blob is refused, and not waited for', async () => {
  execFileSync('mkfifo', [join(folder, 'fifo')])
  symlinkSync('/dev/zero', join(folder, 'zero'))
  mkdirSync(join(folder, 'folder'))
  for (const name of ['fifo', 'zero', 'folder']) {
    await expect(read(name)).rejects.toMatchObject({ code: 'ArchiveInvalid', message: expect.stringContaining('plain file') })
    expect(() => readSmall(join(folder, name), 'The manifest')).toThrow(expect.objectContaining({ code: 'ArchiveInvalid' }))
  }
  await expect(read('none')).rejects.toMatchObject({ code: 'ArchiveInvalid', message: 'The blob is missing.' })
})
