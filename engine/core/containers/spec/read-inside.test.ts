import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { fileTypes, mknod } from '../../../lib/sys/index.ts'
import { readInside } from './read-inside.ts'

const isRoot = process.getuid?.() === 0
let root: string
const at = (name: string) => path.join(root, name)

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'berth-inside-'))
  mkdirSync(at('etc'))
})
afterEach(() => rmSync(root, { recursive: true }))

test('a plain file, also by links within, and nothing where there is none', () => {
  writeFileSync(at('etc/real'), 'x:y\n')
  symlinkSync('../etc/./real', at('etc/passwd'))
  symlinkSync('/etc', at('linked'))
  expect(readInside(root, 'etc/passwd')).toBe('x:y\n')
  expect(readInside(root, 'linked/passwd')).toBe('x:y\n')
  expect(readInside(root, 'etc/none')).toBe('')
  expect(readInside(root, 'none/passwd')).toBe('')
  expect(readInside(root, 'etc/real/passwd')).toBe('')
})

test('a link in the image cannot lead out of it', () => {
  symlinkSync('/etc/hostname', at('etc/outside'))
  symlinkSync('../../../../../../etc/hostname', at('etc/above'))
  symlinkSync('loop', at('etc/loop'))
  for (const name of ['outside', 'above', 'loop']) expect(readInside(root, `etc/${name}`)).toBe('')
})

test.each(['/dev/stdin', '../../../dev/tty', '/proc/self/fd/0', '/a/b/tty', '/sys/x'])(
  "a link to the container's own %s, which the runtime would wait for, is refused",
  (target) => {
    mkdirSync(at('a'))
    symlinkSync('/dev', at('a/b'))
    symlinkSync('second', at('etc/passwd'))
    symlinkSync(target, at('etc/second'))
    expect(() => readInside(root, 'etc/passwd')).toThrow(/\/etc\/passwd .*: it is a link to \/(dev|proc|sys)\//)
  },
)

test('what is no plain file is refused by what it is, and nobody waits for it', async () => {
  execFileSync('mkfifo', [at('etc/fifo')])
  mkdirSync(at('etc/folder'))
  const server = createServer()
  await new Promise<void>((done) => server.listen(at('etc/socket'), done))
  try {
    for (const kind of ['fifo', 'folder', 'socket'])
      for (const device of ['empty', 'refuse'] as const)
        expect(() => readInside(root, `etc/${kind}`, { device })).toThrow(`it is a ${kind}; use another image`)
  } finally {
    await new Promise((done) => server.close(done))
  }
})

test.runIf(isRoot)('devices are never opened (as root)', () => {
  mknod(at('etc/character'), fileTypes.character | 0o666, 1, 5)
  mknod(at('etc/block'), fileTypes.block | 0o666, 254, 0)
  for (const kind of ['character', 'block']) {
    expect(() => readInside(root, `etc/${kind}`)).toThrow(`it is a ${kind} device`)
    expect(readInside(root, `etc/${kind}`, { device: 'empty' })).toBe('')
  }
})

test('a sparse giant is refused, a large file is read whole', () => {
  writeFileSync(at('etc/large'), 'a:b\n'.repeat(500_000))
  expect(readInside(root, 'etc/large')).toHaveLength(2_000_000)
  writeFileSync(at('etc/giant'), '')
  truncateSync(at('etc/giant'), 1024 ** 3)
  expect(() => readInside(root, 'etc/giant')).toThrow('it is larger than 4 MiB')
  expect(() => readInside(root, 'etc/giant')).toThrow(
    expect.objectContaining({ code: 'RootfsInvalid', details: { file: '/etc/giant' } }),
  )
})
