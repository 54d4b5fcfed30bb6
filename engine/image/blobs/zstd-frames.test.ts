import { randomBytes } from 'node:crypto'
import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'

import { decompress, decompressWithin } from './decompress.ts'

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function plain(bytes: Buffer, size = 100_000): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of decompress(cut(bytes, size))) parts.push(part)
  return Buffer.concat(parts)
}

function skippable(content: Buffer, kind = 0): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32LE(0x184d2a50 + kind, 0)
  head.writeUInt32LE(content.length, 4)
  return Buffer.concat([head, content])
}

const withChecksum = { params: { [constants.ZSTD_c_checksumFlag]: 1 } }
const small = Buffer.from('a small frame')
const noise = randomBytes(700_000)
const repeated = Buffer.alloc(3_000_000, 'berth ')
const contents = [small, noise, Buffer.alloc(0), repeated, small]
const frames = contents.map((content, i) => zstdCompressSync(content, i % 2 === 0 ? withChecksum : {}))

test.each([1, 7, 4096, 262_144, 10_000_000])('many frames, some to be skipped, in pieces of %i bytes', async (size) => {
  // Byte by byte only what is short.
  const chosen = size === 1 ? frames.filter(({ length }) => length < 1000) : frames
  const expected = size === 1 ? contents.filter((_, i) => frames[i]!.length < 1000) : contents
  const stream = Buffer.concat([
    skippable(Buffer.from('first')),
    ...chosen,
    skippable(randomBytes(5000), 9),
    skippable(Buffer.alloc(0), 15),
  ])
  expect((await plain(stream, size)).equals(Buffer.concat(expected))).toBe(true)
})

test('a small frame may hold very much', async () => {
  const zeros = zstdCompressSync(Buffer.alloc(100 * 1024 * 1024))
  expect(zeros.length).toBeLessThan(64 * 1024)
  let size = 0
  for await (const part of decompress(cut(Buffer.concat([zeros, frames[0]!]), 1_000_000))) size += part.byteLength
  expect(size).toBe(100 * 1024 * 1024 + contents[0]!.length)
})

test('what inflates out of proportion is given up', async () => {
  const inflate = async (limits: { ratio: number; freeBytes: number }): Promise<number> => {
    let size = 0
    for await (const part of decompressWithin(cut(gzipSync(Buffer.alloc(10_000_000)), 1000), limits)) size += part.byteLength
    return size
  }
  await expect(inflate({ ratio: 10, freeBytes: 1_000_000 })).rejects.toMatchObject({
    code: 'LayerInvalid',
    message: expect.stringContaining('out of proportion'),
  })
  expect(await inflate({ ratio: 10, freeBytes: 10_000_000 })).toBe(10_000_000)
  expect(await inflate({ ratio: 2000, freeBytes: 0 })).toBe(10_000_000)
})

test('what is cut short or no zstd is refused', async () => {
  const whole = Buffer.concat(frames)
  for (const end of [whole.length - 1, frames[0]!.length + 3, frames[0]!.length + 200_000, 10])
    await expect(plain(whole.subarray(0, end))).rejects.toMatchObject({ code: 'LayerInvalid' })
  await expect(plain(Buffer.concat([...frames, Buffer.from('trailing rubbish')]))).rejects.toMatchObject({ code: 'LayerInvalid' })
  const damaged = Buffer.from(whole)
  damaged[frames[0]!.length + 300_000]! ^= 0xff
  await plain(damaged).then(
    (bytes) => expect(bytes.equals(Buffer.concat(contents))).toBe(false),
    (error: unknown) => expect(error).toMatchObject({ code: 'LayerInvalid' }),
  )
})
