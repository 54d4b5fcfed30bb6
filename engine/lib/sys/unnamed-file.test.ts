import { closeSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { nameFile, openUnnamed } from './unnamed-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-unnamed-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a file has no name until it is given one, and keeps what was written', () => {
  const fd = openUnnamed(folder, 0o600)!
  try {
    expect(readdirSync(folder)).toEqual([])
    writeSync(fd, 'content')
    const path = join(folder, 'file')
    expect(nameFile(fd, path)).toBe(true)
    expect(readFileSync(path, 'utf8')).toBe('content')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(nameFile(fd, path)).toBe(false)
    expect(nameFile(fd, '/proc/self/status')).toBe(false)
  } finally {
    closeSync(fd)
  }
})

test('a folder that is not there is an error', () => {
  expect(() => openUnnamed(join(folder, 'none'), 0o600)).toThrow(expect.objectContaining({ code: 'ENOENT' }))
})
