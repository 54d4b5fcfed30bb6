import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync, symlinkSync, linkSync, utimesSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

import { expect, test } from 'vitest'

import type { EngineError } from '../../errors/index.ts'
import { parsePax } from './pax.ts'
import {
  blockSize,
  createTarParser,
  readTar,
  tarEnd,
  tarHeader,
  tarPlaces,
  type TarHeader,
  type TarInput,
  writeTar,
  writeTarFile,
} from './index.ts'

const plain: TarHeader = { path: 'a', type: 'file', mode: 0o644, uid: 0, gid: 0, size: 0, mtime: 0n }

async function bytes(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of source) parts.push(part)
  return Buffer.concat(parts)
}

async function* chunked(data: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size)
}

async function readAll(data: Uint8Array, chunk = 1000): Promise<{ header: TarHeader; body: string }[]> {
  const found = []
  for await (const entry of readTar(chunked(data, chunk)))
    found.push({ header: entry.header, body: (await bytes(entry.body)).toString() })
  return found
}

function failure(data: Uint8Array): EngineError {
  try {
    const parser = createTarParser({ entry() {}, data() {}, end() {} })
    parser.push(data)
    parser.finish()
  } catch (error) {
    return error as EngineError
  }
  throw new Error('the archive was accepted')
}

const richest: TarHeader[] = [
  { ...plain, path: 'dir', type: 'directory', mode: 0o1777, uid: 3_000_000, gid: 12 },
  { ...plain, path: 'dir/' + 'x'.repeat(200), size: 700, mtime: 1_700_000_000_123_456_789n },
  { ...plain, path: 'dir/한국어', size: 3, userName: 'someone', groupName: 'group', mode: 0o4755 },
  { ...plain, path: 'link', type: 'symlink', linkTarget: '/' + 'long/'.repeat(40) },
  { ...plain, path: 'hard', type: 'hardlink', linkTarget: 'dir/한국어' },
  { ...plain, path: 'null', type: 'character', deviceMajor: 1, deviceMinor: 3 },
  { ...plain, path: 'pipe', type: 'fifo', mtime: -5n },
  { ...plain, path: `${'p'.repeat(90)}/${'q'.repeat(90)}`, xattrs: new Map([['user.bin', Buffer.from([0, 10, 255])]]) },
]

function members(): { header: TarHeader; body: Uint8Array[] }[] {
  return richest.map((header) => ({ header, body: [Buffer.alloc(header.size, 'z')] }))
}

test.each([1, 511, 512, 513, 100_000])('what is written is read back the same, in chunks of %i bytes', async (size) => {
  const archive = await bytes(writeTar(members()))
  const found = await readAll(archive, size)
  expect(found.map(({ header }) => header)).toEqual(richest)
  expect(found[1]!.body).toBe('z'.repeat(700))
})

test('the same members give the same bytes', async () => {
  expect(await bytes(writeTar(members()))).toEqual(await bytes(writeTar(members())))
})

test('GNU tar lists what is written', async () => {
  const archive = await bytes(writeTar(members()))
  const listed = execFileSync('tar', ['-tf', '-'], {
    input: archive,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  })
  expect(
    listed
      .trim()
      .split('\n')
      .map((line) => line.replace(/\/$/, '')),
  ).toHaveLength(richest.length)
})

test.each(['gnu', 'posix', 'ustar', 'v7'])("GNU tar's %s format is read", async (format) => {
  const dir = mkdtempSync(join(tmpdir(), 'berth-tar-'))
  try {
    const long = format === 'gnu' || format === 'posix' ? 'n'.repeat(180) : 'n'.repeat(60)
    mkdirSync(join(dir, 'in', 'd'), { recursive: true })
    writeFileSync(join(dir, 'in', 'd', long), 'content')
    linkSync(join(dir, 'in', 'd', long), join(dir, 'in', 'd', `${long}2`))
    symlinkSync('../x', join(dir, 'in', 's'))
    utimesSync(join(dir, 'in', 'd', long), 1000.5, 1000.5)
    const archive = execFileSync('tar', ['--sort=name', `--format=${format}`, '-cf', '-', '-C', join(dir, 'in'), '.'], {
      maxBuffer: 1e7,
    })
    const found = await readAll(archive)
    expect(found.map(({ header }) => [header.path, header.type])).toEqual([
      ['.', 'directory'],
      ['./d', 'directory'],
      [`./d/${long}`, 'file'],
      [`./d/${long}2`, 'hardlink'],
      ['./s', 'symlink'],
    ])
    expect(found[2]!.body).toBe('content')
    expect(found[3]!.header.linkTarget).toBe(`./d/${long}`)
    expect(found[2]!.header.mtime).toBe(format === 'posix' ? 1_000_500_000_000n : 1_000_000_000_000n)
  } finally {
    rmSync(dir, { recursive: true })
  }
})

test('base-256 numbers are read', async () => {
  const block = Buffer.from(tarHeader({ ...plain, type: 'directory' }))
  block.fill(0, 108, 116)
  block[108] = 0x80
  block.writeUInt32BE(4_000_000_000, 112)
  fixChecksum(block)
  const [entry] = await readAll(Buffer.concat([block, tarEnd()]))
  expect(entry!.header.uid).toBe(4_000_000_000)
})

test('names that are not UTF-8 keep their bytes', async () => {
  const raw = Buffer.from([0x61, 0xff, 0x62])
  const [entry] = await readAll(Buffer.concat([tarHeader({ ...plain, rawPath: raw }), tarEnd()]))
  expect(Buffer.from(entry!.header.rawPath!)).toEqual(raw)
})

test('LIBARCHIVE attributes are decoded', async () => {
  const record = 'LIBARCHIVE.xattr.user.a%20b=AAE='
  const line = Buffer.from(`${record.length + 4} ${record}\n`)
  expect(parsePax(line).get('LIBARCHIVE.xattr.user.a%20b')).toBeDefined()
  const head = Buffer.from(tarHeader({ ...plain, path: 'PaxHeaders', size: line.length }))
  head.write('x', 156)
  fixChecksum(head)
  const archive = Buffer.concat([head, line, Buffer.alloc(blockSize - line.length), tarHeader(plain), tarEnd()])
  const [entry] = await readAll(archive)
  expect(entry!.header.xattrs).toEqual(new Map([['user.a b', Buffer.from([0, 1])]]))
})

function fixChecksum(block: Buffer): void {
  block.fill(0x20, 148, 156)
  block.write(
    `${block
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  )
}

test('a cut archive is refused wherever it is cut inside a member', () => {
  const archive = Buffer.concat([tarHeader({ ...plain, size: 600, mtime: 1n }), Buffer.alloc(1024), tarEnd()])
  for (const length of [100, 512, 700, 1024, 1536, 1600, 2559]) {
    const error = failure(archive.subarray(0, length))
    expect(error).toMatchObject({ code: 'ArchiveInvalid' })
  }
})

test('damaged and unsupported headers are refused with a message', () => {
  const wrongSum = Buffer.from(tarHeader(plain))
  wrongSum[0]! ^= 1
  expect(failure(wrongSum).message).toContain('checksum')
  const sparse = Buffer.from(tarHeader(plain))
  sparse.write('S', 156)
  fixChecksum(sparse)
  expect(failure(sparse).message).toContain('sparse')
  expect(failure(Buffer.from(tarHeader({ ...plain, path: `a/${'n'.repeat(256)}` }))).message).toContain('longer than 255')
  expect(failure(Buffer.from(tarHeader({ ...plain, path: 'ab/'.repeat(1400) }))).message).toContain('longer than 4096')
  const huge = Buffer.from(tarHeader({ ...plain, size: 2 ** 21 }))
  huge.write('L', 156)
  fixChecksum(huge)
  expect(failure(huge).message).toContain('1 MiB')
  expect(failure(Buffer.alloc(512, 'q')).message).toContain('damaged')
})

test('malformed pax records are refused', () => {
  for (const text of ['x', '5 a=b\n', '999 a=b\n', '6 ab=\n9', '7 =abc\n', '0 a=b\n', '0x9 a=bc\n', '+8 a=bc\n', '9 a\0b=cd\n']) {
    expect(() => parsePax(Buffer.from(text))).toThrow('extended header')
  }
})

function extended(flag: string, text: string): Buffer {
  const head = Buffer.from(tarHeader({ ...plain, path: 'PaxHeaders', size: text.length }))
  head.write(flag, 156)
  fixChecksum(head)
  return Buffer.concat([head, Buffer.from(text), Buffer.alloc((blockSize - (text.length % blockSize)) % blockSize)])
}

const records = (count: number, from = 0): string =>
  Array.from({ length: count }, (_, i) => `20 a${String(i + from).padStart(13, '0')}=b\n`).join('')

test('a global header says what is known of all members, and nothing more is remembered of it', async () => {
  const archive = Buffer.concat([
    extended('g', `9 uid=12\n${records(20_000)}26 SCHILY.xattr.user.a=bc\n`),
    ...Array.from({ length: 5000 }, () => tarHeader(plain)),
    tarEnd(),
  ])
  const before = performance.now()
  const found = await readAll(archive, 1_000_000)
  // Five thousand members times twenty thousand records took most of a minute.
  expect(performance.now() - before).toBeLessThan(5000)
  expect(found[4999]!.header).toMatchObject({ uid: 12 })
  expect(found[4999]!.header.xattrs).toBeUndefined()
  expect(failure(extended('g', '25 GNU.sparse.major=1abc\n')).message).toContain('sparse')
})

test('extended headers without a member between them are bounded together', async () => {
  const half = records(30_000)
  for (const flag of ['x', 'L', 'K']) {
    const archive = Buffer.concat([
      extended('x', half),
      extended(flag, half),
      extended('x', records(5)),
      tarHeader(plain),
      tarEnd(),
    ])
    expect(failure(archive).message).toContain('1 MiB')
    const file = join(mkdtempSync(join(tmpdir(), 'berth-tar-')), 'archive.tar')
    writeFileSync(file, archive)
    const handle = await open(file)
    try {
      await expect(Array.fromAsync(tarPlaces(handle.fd, 10))).rejects.toThrow('1 MiB')
    } finally {
      await handle.close()
      rmSync(dirname(file), { recursive: true })
    }
  }
  await readAll(Buffer.concat([extended('x', half), tarHeader(plain), extended('x', half), tarHeader(plain), tarEnd()]))
})

test('owners that there cannot be are refused', () => {
  for (const id of [2 ** 32 - 1, 2 ** 40])
    for (const key of ['uid', 'gid'] as const)
      expect(failure(Buffer.from(tarHeader({ ...plain, [key]: id }))).message).toContain('owner')
})

test('a file gets what the stream gives, also where bodies write themselves, in whatever order', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'berth-tar-')), 'archive.tar')
  try {
    const content = (text: string) => ({ header: { ...plain, size: text.length }, body: [Buffer.from(text)] })
    const placed = (text: string, milliseconds: number) => ({
      ...content(text),
      body: {
        [Symbol.asyncIterator]: () => chunked(Buffer.from(text), 100),
        writeAt: async (path: string, offset: number) => {
          await setTimeout(milliseconds)
          await placeBytes(path, text, offset)
        },
      },
    })
    const members = [
      content('first'),
      placed('a'.repeat(700), 20),
      placed('b'.repeat(512), 1),
      { header: plain },
      content('last'),
    ]
    writeFileSync(file, '')
    await writeTarFile(members, file)
    expect(readFileSync(file).equals(await bytes(writeTar(members)))).toBe(true)
    let over = false
    const failing = { ...content('x'), body: Object.assign([], { writeAt: () => Promise.reject(new Error('No.')) }) }
    const waiting = {
      ...content('y'),
      body: Object.assign([], {
        writeAt: async (_path: string, _offset: number, signal: AbortSignal) => {
          await once(signal, 'abort')
          over = true
        },
      }),
    }
    await expect(writeTarFile([waiting, failing] as unknown as TarInput[], file)).rejects.toThrow('No.')
    expect(over).toBe(true)
    await expect(writeTarFile([{ header: { ...plain, size: 3 }, body: [Buffer.from('ab')] }], file)).rejects.toMatchObject({
      code: 'ArchiveInvalid',
    })
  } finally {
    rmSync(dirname(file), { recursive: true })
  }
})

async function placeBytes(path: string, text: string, offset: number): Promise<void> {
  const handle = await open(path, 'r+')
  await handle.write(text, offset)
  await handle.close()
}

test('a body of the wrong size is refused while writing', async () => {
  await expect(bytes(writeTar([{ header: { ...plain, size: 3 }, body: [Buffer.from('ab')] }]))).rejects.toMatchObject({
    code: 'ArchiveInvalid',
  })
  await expect(bytes(writeTar([{ header: { ...plain, size: 1 }, body: [Buffer.from('ab')] }]))).rejects.toMatchObject({
    code: 'ArchiveInvalid',
  })
})
