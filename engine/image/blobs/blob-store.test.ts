import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { openBlobStore } from './blob-store.ts'
import { decompress } from './decompress.ts'
import { digestOf } from '../digest.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'berth-blobs-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const content = Buffer.alloc(300_000, 'content ')
const digest = digestOf(content)

async function drain(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of source) parts.push(part)
  return Buffer.concat(parts)
}

async function* pieces(...parts: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts
}

test('a blob is invisible until it is complete and verified', async () => {
  const store = openBlobStore(root)
  const writer = store.begin(digest, content.length)
  writer.write(content.subarray(0, 1000))
  expect(store.has(digest)).toBe(false)
  writer.write(content.subarray(1000))
  writer.commit()
  expect(await store.read(digest, 1e6)).toEqual(content)
  expect(await drain(store.stream(digest))).toEqual(content)
  expect(store.list()).toEqual([digest])
  expect(store.listPartial()).toEqual([])
})

test('an interrupted blob resumes', async () => {
  const store = openBlobStore(root)
  const first = store.begin(digest, content.length)
  first.write(content.subarray(0, 200_000))
  first.suspend()
  expect(store.listPartial()).toEqual([digest])
  const second = store.begin(digest, content.length)
  expect(second.resumedAt).toBe(200_000)
  expect((await drain(second.existing())).length).toBe(200_000)
  second.write(content.subarray(200_000))
  second.commit()
  expect(readFileSync(store.path(digest))).toEqual(content)
})

test('chunks are appended by another thread, in order, and no more of them than was announced', async () => {
  const store = openBlobStore(root)
  const writer = store.begin(digest, content.length)
  const chunks = [0, 1, 70_000, 70_000, 200_000, content.length].map((at, index, all) =>
    content.subarray(all[index - 1] ?? 0, at),
  )
  writer.write(chunks[1]!)
  await writer.append(chunks.slice(2, 4))
  await writer.append([])
  expect(writer.written).toBe(70_000)
  await expect(writer.append([content.subarray(0, 200_000), content.subarray(0, 100_000)])).rejects.toMatchObject({
    code: 'SizeMismatch',
  })
  await writer.append(chunks.slice(4))
  writer.commit()
  expect(readFileSync(store.path(digest))).toEqual(content)
  await expect(store.begin(digest, content.length).append([content, content])).rejects.toMatchObject({ code: 'SizeMismatch' })
})

test.each([
  ['other content', Buffer.alloc(300_000, 'x'), 'DigestMismatch'],
  ['too little', content.subarray(1), 'SizeMismatch'],
  ['too much', Buffer.concat([content, content]), 'SizeMismatch'],
])('%s is refused and leaves nothing', (_name, bytes, code) => {
  const store = openBlobStore(root)
  const writer = store.begin(digest, content.length)
  expect(() => {
    writer.write(bytes)
    writer.commit()
  }).toThrow(expect.objectContaining({ code }))
  writer.discard()
  expect(store.has(digest)).toBe(false)
  expect(readdirSync(join(root, 'partial'))).toEqual([])
})

test('a blob that was damaged on disk is found when it is read', async () => {
  const store = openBlobStore(root)
  const small = store.put(Buffer.from('{}'))
  writeFileSync(store.path(small), '[]')
  await expect(store.read(small, 100)).rejects.toMatchObject({ code: 'StoreCorrupt' })
  store.remove(small)
  store.remove(small)
  expect(existsSync(store.path(small))).toBe(false)
})

test('streams are inflated by their first bytes', async () => {
  for (const bytes of [
    content,
    gzipSync(content),
    zstdCompressSync(content),
    Buffer.concat([gzipSync(content.subarray(0, 5)), gzipSync(content.subarray(5))]),
  ]) {
    expect(await drain(decompress(pieces(bytes.subarray(0, 1), bytes.subarray(1))))).toEqual(content)
  }
  expect(await drain(decompress(pieces()))).toEqual(Buffer.alloc(0))
})

test('damaged and cut compressed data is refused', async () => {
  const bad = gzipSync(content)
  bad[bad.length >> 1]! ^= 0xff
  await expect(drain(decompress(pieces(bad)))).rejects.toMatchObject({ code: 'LayerInvalid' })
  for (const whole of [gzipSync(content), zstdCompressSync(content)]) {
    await expect(drain(decompress(pieces(whole.subarray(0, whole.length - 9))))).rejects.toMatchObject({ code: 'LayerInvalid' })
  }
})

test("a source's failure is passed on as it is, and leaving early leaves the source", async () => {
  let left = false
  const failing = async function* (): AsyncGenerator<Uint8Array> {
    yield gzipSync(content).subarray(0, 50)
    throw new Error('the network is gone')
  }
  await expect(drain(decompress(failing()))).rejects.toThrow('the network is gone')
  const member = gzipSync(content)
  const endless = async function* (): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield member
    } finally {
      left = true
    }
  }
  for await (const _ of decompress(endless())) break
  await new Promise((resolve) => setTimeout(resolve, 10))
  expect(left).toBe(true)
})
