import { createHash, hash } from 'node:crypto'
import { zstdDecompressSync } from 'node:zlib'

import { expect, test } from 'vitest'

import { type TarHeader, type TarInput, writeTar } from '../../lib/tar/index.ts'
import { decompress } from '../blobs/decompress.ts'
import { compressChunked } from './compress-chunked.ts'
import { Crc64 } from './crc64.ts'

/** Bytes that look random and are always the same. */
const noise = (count: number): Buffer =>
  Buffer.concat(Array.from({ length: Math.ceil(count / 32) }, (_, i) => hash('sha256', `${i}`, 'buffer'))).subarray(0, count)

const header = (path: string, more: Partial<TarHeader> = {}): TarHeader => ({
  path,
  type: 'file',
  mode: 0o644,
  uid: 0,
  gid: 0,
  size: 0,
  mtime: 1_000_000_000_000_000_000n,
  ...more,
})
const file = (path: string, content: Buffer | string, more: Partial<TarHeader> = {}): TarInput => {
  const body = Buffer.from(content as string)
  return { header: header(path, { ...more, size: body.length }), body: [body] }
}
const holes = Buffer.concat([
  noise(5000),
  Buffer.alloc(20_000),
  noise(1000),
  Buffer.alloc(1023),
  noise(70_000),
  Buffer.alloc(5000),
])

/** A bit of everything. */
const members: TarInput[] = [
  { header: header('etc/', { type: 'directory', mode: 0o755, uid: 3, gid: 4 }) },
  file('etc/hi', 'hi\n', { xattrs: new Map([['user.x', Buffer.from('a b\xff', 'latin1')]]), mtime: 1_500_000_000_120_000_000n }),
  file('etc/empty', ''),
  { header: header('etc/link', { type: 'symlink', linkTarget: 'hi', mode: 0o777 }) },
  { header: header('etc/hard', { type: 'hardlink', linkTarget: 'etc/hi' }) },
  { header: header('etc/null', { type: 'character', deviceMajor: 1, deviceMinor: 3 }) },
  file(`etc/${'long'.repeat(40)}`, 'long'),
  file('bin/noise', noise(1_500_000)),
  file('bin/holes', holes),
  file('bin/zeros', Buffer.alloc(9000)),
]

async function gather(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of source) parts.push(part)
  return Buffer.concat(parts)
}
const tarOf = (inputs: TarInput[]): Promise<Buffer> => gather(writeTar(inputs))

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function pack(tar: Buffer, size = 100_000) {
  const layer = compressChunked(inPieces(tar, size), 3)
  const blob = await gather(layer.bytes)
  return { blob, annotations: layer.annotations(), unclear: layer.unclear() }
}

interface Row {
  type: string
  name: string
  size?: number
  digest?: string
  offset?: number
  endOffset?: number
  chunkSize?: number
  chunkOffset?: number
  chunkDigest?: string
  chunkType?: string
}

const key = (name: string): string => `io.github.containers.zstd-chunked.${name}`
const numbers = (text: string | undefined): number[] => text?.split(':').map(Number) ?? []

/** What a reader finds by the annotations alone. */
function contentsOf({ blob, annotations }: { blob: Buffer; annotations: Record<string, string> }) {
  const [at = 0, size = 0, length = 0] = numbers(annotations[key('manifest-position')])
  const [splitAt = 0, splitSize = 0, splitLength = 0] = numbers(annotations[key('tarsplit-position')])
  const packed = blob.subarray(at, at + size)
  expect(`sha256:${hash('sha256', packed)}`).toBe(annotations[key('manifest-checksum')])
  const table = zstdDecompressSync(packed)
  const packedSplit = blob.subarray(splitAt, splitAt + splitSize)
  const split = zstdDecompressSync(packedSplit)
  expect([table.length, split.length]).toEqual([length, splitLength])
  const { version, entries, tarSplitDigest } = JSON.parse(table.toString()) as {
    version: number
    entries: Row[]
    tarSplitDigest: string
  }
  expect([version, tarSplitDigest]).toEqual([1, `sha256:${hash('sha256', packedSplit)}`])
  const lines = split
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: number; name?: string; size?: number; payload: string | null; position: number })
  return { entries, lines }
}

/** The content of each file, from its chunks' frames alone. */
function filesOf(blob: Buffer, entries: Row[]): Map<string, Buffer> {
  const files = new Map<string, Buffer>()
  for (const [i, row] of entries.entries()) {
    if (row.offset === undefined) continue
    const own = entries.find(({ name, type }) => name === row.name && type === 'reg')!
    const next = entries[i + 1]
    const end = next?.type === 'chunk' ? next.offset! : own.endOffset!
    const content = zstdDecompressSync(blob.subarray(row.offset, end))
    if (row.chunkDigest) expect(`sha256:${hash('sha256', content)}`).toBe(row.chunkDigest)
    if (row.chunkSize) expect([content.length, row.chunkOffset ?? 0]).toEqual([row.chunkSize, files.get(row.name)?.length ?? 0])
    files.set(row.name, Buffer.concat([files.get(row.name) ?? Buffer.alloc(0), content]))
  }
  return files
}

test('a layer inflates to what it was, and each file is found by the table of contents', async () => {
  const tar = await tarOf(members)
  const packed = await pack(tar)
  expect(packed.unclear).toBeUndefined()
  expect(hash('sha256', await gather(decompress(inPieces(packed.blob, 50_000))))).toBe(hash('sha256', tar))
  const { entries } = contentsOf(packed)
  const files = filesOf(packed.blob, entries)
  for (const { header: each, body } of members) {
    const row = entries.find(({ name, type }) => name === each.path && type !== 'chunk')!
    expect([each.path, row.size ?? 0]).toEqual([each.path, each.size])
    if (each.size === 0) continue
    const [content] = body as Buffer[]
    expect(files.get(each.path)?.equals(content!), each.path).toBe(true)
    expect(row.digest).toBe(`sha256:${createHash('sha256').update(content!).digest('hex')}`)
  }
  expect(entries.slice(0, 6)).toMatchObject([
    { type: 'dir', name: 'etc/', mode: 0o755, uid: 3, gid: 4, modtime: '2001-09-09T01:46:40Z' },
    { type: 'reg', mode: 0o644, xattrs: { 'user.x': 'YSBi/w==' }, modtime: '2017-07-14T02:40:00.12Z' },
    { type: 'reg', name: 'etc/empty' },
    { type: 'symlink', linkName: 'hi' },
    { type: 'hardlink', linkName: 'etc/hi' },
    { type: 'char', devMajor: 1, devMinor: 3 },
  ])
})

test('the footer says what the annotations say', async () => {
  const { blob, annotations } = await pack(await tarOf(members))
  const footer = blob.subarray(-72)
  expect([footer.readUInt32LE(0), footer.readUInt32LE(4), footer.toString('latin1', 64)]).toEqual([0x184d2a50, 64, 'GNUlInUx'])
  const said = Array.from({ length: 7 }, (_, i) => Number(footer.readBigUInt64LE(8 + i * 8)))
  expect(said).toEqual([...numbers(annotations[key('manifest-position')]), ...numbers(annotations[key('tarsplit-position')])])
})

test('the archive can be put together again from its files and the tar-split data', async () => {
  const tar = await tarOf(members)
  const packed = await pack(tar)
  const { entries, lines } = contentsOf(packed)
  const files = filesOf(packed.blob, entries)
  const parts = lines.map(({ type, name, size, payload }) => {
    if (type === 2) return Buffer.from(payload!, 'base64')
    if (size === undefined) return Buffer.alloc(0)
    const checksum = new Crc64()
    checksum.update(files.get(name!)!)
    expect(payload).toBe(checksum.digest().toString('base64'))
    return files.get(name!)!
  })
  expect(Buffer.concat(parts).equals(tar)).toBe(true)
  expect(lines.map(({ position }) => position)).toEqual(lines.map((_, i) => i))
})

test("chunks are podman's", async () => {
  const { entries } = contentsOf(await pack(await tarOf(members)))
  const chunks = (name: string) =>
    entries.filter((row) => row.name === name).map(({ chunkSize, chunkType }) => `${chunkSize}${chunkType ? ' zeros' : ''}`)
  // What podman 5.4.2 makes of the same archive.
  expect(chunks('bin/noise')).toEqual([
    '16094',
    '29445',
    '39648',
    '5693',
    '20024',
    '143229',
    '169082',
    '109736',
    '13925',
    '99021',
    '18747',
    '18827',
    '7494',
    '63350',
    '568',
    '66262',
    '20046',
    '48972',
    '5520',
    '2494',
    '66341',
    '11218',
    '83036',
    '29046',
    '13141',
    '43826',
    '2596',
    '7089',
    '40214',
    '77319',
    '133986',
    '16148',
    '47263',
    '30600',
  ])
  expect(chunks('bin/holes')).toEqual(['5000', '20000 zeros', '18117', '29445', '24461', '5000 zeros'])
  expect(chunks('bin/zeros')).toEqual(['undefined'])
})

test('the same archive gives the same bytes, in whatever pieces it comes', async () => {
  const many = Array.from({ length: 1000 }, (_, i) => ({ header: header(`d${i}/`, { type: 'directory' }) }))
  const tar = await tarOf([...members, ...many])
  const { blob } = await pack(tar)
  for (const size of [512, 4097, 300_000, tar.length]) expect((await pack(tar, size)).blob.equals(blob), `${size}`).toBe(true)
})

test('a checksum is the one of ISO 3309', () => {
  const sum = (...texts: string[]): string => {
    const checksum = new Crc64()
    for (const text of texts) checksum.update(Buffer.from(text))
    return checksum.digest().toString('hex')
  }
  expect(sum('123456789')).toBe('b90956c775a41001')
  expect(sum('1234', '5678', '9')).toBe('b90956c775a41001')
})

test('an archive that not all read alike is compressed all the same, without a table', async () => {
  const plain = await tarOf([file('a', 'a')])
  const changed = (at: number, text: string, from = plain): Buffer => {
    const copy = Buffer.from(from)
    copy.write(text, at, 'latin1')
    copy.fill(' ', 148, 156)
    const sum = copy.subarray(0, 512).reduce((total, byte) => total + byte, 0)
    copy.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
    return copy
  }
  const odd: [Buffer, RegExp][] = [
    [await tarOf([file('a', '1'), file('./a', '2')]), /two members of the name "a"/],
    [changed(156, 'g'), /of the type "g"/],
    [changed(156, '7'), /of the type "7"/],
    [changed(0, '\xff'), /not UTF-8/],
    [changed(0, 'a/'), /ends in a slash/],
    [changed(100, '0x'), /not a number/],
    [changed(257, 'star'), /unusual format/],
    [changed(329, '8', await tarOf([file('long'.repeat(40), 'a')])), /not a number/],
    [Buffer.concat([plain, Buffer.from('junk'.repeat(128))]), /something after its end/],
    [Buffer.concat([plain, Buffer.alloc(100)]), /cut short/],
    [Buffer.concat([plain, Buffer.alloc(2 * 1024 * 1024)]), /much after its end/],
    [plain.subarray(0, 600), /cut short/],
    [(await tarOf([file('zeros', Buffer.alloc(900))])).subarray(0, 1400), /cut short/],
    [Buffer.concat([Buffer.from('b'), plain.subarray(1)]), /wrong checksum/],
    [Buffer.from('no archive '.repeat(100)), /not a number/],
  ]
  for (const [tar, reason] of odd) {
    const { blob, annotations, unclear } = await pack(tar, 700)
    expect([annotations, unclear]).toEqual([{}, expect.stringMatching(reason)])
    expect((await gather(decompress(inPieces(blob, 1000)))).equals(tar)).toBe(true)
  }
})

test('what the source throws is passed on', async () => {
  const tar = await tarOf(members)
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield tar.subarray(0, 1_000_000)
    throw new Error('It broke.')
  }
  await expect(gather(compressChunked(broken(), 3).bytes)).rejects.toThrow('It broke.')
  for await (const _ of compressChunked(inPieces(tar, 1000), 3).bytes) break
})
