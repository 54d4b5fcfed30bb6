import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { writePieces } from './write-pieces.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'berth-pieces-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('many pieces, also empty ones, stand one behind the other from the position on', async () => {
  const file = join(folder, 'file')
  const fd = openSync(file, 'w')
  // More than one call of the kernel takes.
  const pieces = Array.from({ length: 3000 }, (_, i) => Buffer.from(i % 7 === 0 ? '' : `${i} `))
  await writePieces(fd, [Buffer.from('head ')], 0)
  await writePieces(fd, pieces, 5)
  closeSync(fd)
  expect(readFileSync(file, 'utf8')).toBe(`head ${pieces.join('')}`)
})

test('what the disk refuses is passed on', async () => {
  const fd = openSync('/dev/full', 'w')
  await expect(writePieces(fd, [Buffer.from('x')], 0)).rejects.toMatchObject({ code: 'ENOSPC' })
  closeSync(fd)
})
