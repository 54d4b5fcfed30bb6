import { createHash, randomBytes } from 'node:crypto'

import { expect, test } from 'vitest'

import type { Descriptor } from '../../image/index.ts'
import type { RegistryOptions } from '../options.ts'
import type { Repository } from '../client.ts'
import { type FakeRegistry, startFakeRegistry } from '../fake/fake-registry.ts'
import { registryPerTest } from '../testing.ts'
import { releaseBuffer } from './buffer-pool.ts'

let registry: FakeRegistry
const openIn = registryPerTest((started) => (registry = started))

const open = (options: RegistryOptions = {}, name = registry.name): Repository =>
  openIn({ retryDelay: 1, ...options }, { registry: name })

const content = randomBytes(24 * 1024 * 1024)
const addBlob = (bytes = content): Descriptor => ({ mediaType: 'x', ...registry.addBlob(bytes) }) as Descriptor

test('memory that is given back is read into again, and what is read is right', async () => {
  const memory = new Set<ArrayBufferLike>()
  const hash = createHash('sha256')
  let pieces = 0
  for await (const piece of open().blob(addBlob(), 0, true)) {
    hash.update(piece)
    memory.add(piece.buffer)
    pieces++
    releaseBuffer(piece)
  }
  expect(`sha256:${hash.digest('hex')}`).toBe(addBlob().digest)
  expect(memory.size).toBeLessThan(pieces)
})

test('memory that is not given back stays as it is', async () => {
  const parts: Uint8Array[] = []
  for await (const part of open().blob(addBlob(), 1000, true)) parts.push(part)
  expect(Buffer.concat(parts).equals(content.subarray(1000))).toBe(true)
})

test('blobs go from one registry to another, several at once, small and large', async () => {
  const to = await startFakeRegistry()
  try {
    const from = open()
    const target = open({ push: true }, to.name)
    const all = [content, content.subarray(5, 9_000_000), content.subarray(7, 600_000), content.subarray(3, 20)]
    await Promise.all(
      all.map(async (bytes) => {
        const blob = addBlob(Buffer.from(bytes))
        await target.beginBlob(blob)
        await target.putBlob(blob, from.blob(blob, 0, true))
        expect(to.blobs.get(blob.digest)?.equals(bytes)).toBe(true)
      }),
    )
  } finally {
    await to.close()
  }
})

test('a blob that breaks off is taken up where it broke', async () => {
  let cuts = 0
  registry.faultHook = (request, response, bytes) => {
    if (!bytes || ++cuts > 3) return false
    const from = Number(/bytes=(\d+)/.exec(request.headers.range ?? '')?.[1] ?? 0)
    response.writeHead(from ? 206 : 200, {
      'content-length': bytes.length - from,
      ...(from ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
    })
    response.write(bytes.subarray(from, from + 5_000_000), () => response.destroy())
    return true
  }
  const parts: Uint8Array[] = []
  for await (const part of open().blob(addBlob(), 0, true)) parts.push(part)
  expect(Buffer.concat(parts).equals(content)).toBe(true)
  expect(cuts).toBeGreaterThan(3)
})

test('who reads slowly is not given up; a server that stops is', async () => {
  let seen = 0
  for await (const piece of open({ idle: 1000, retry: 0 }).blob(addBlob(), 0, true)) {
    if (seen === 0) await new Promise((resolve) => setTimeout(resolve, 1300))
    seen += piece.byteLength
  }
  expect(seen).toBe(content.length)
  registry.faultHook = (_request, response, bytes) => {
    if (!bytes) return false
    response.writeHead(200, { 'content-length': bytes.length })
    response.write(bytes.subarray(0, 1_000_000))
    return true
  }
  const stuck = async (): Promise<void> => {
    for await (const piece of open({ idle: 80, retry: 0 }).blob(addBlob(), 0, true)) releaseBuffer(piece)
  }
  await expect(stuck()).rejects.toMatchObject({ code: expect.stringMatching(/RegistryUnreachable|SizeMismatch/) as string })
})

test('more than was announced is not read; a reader that leaves early leaves no connection', async () => {
  registry.faultHook = (_request, response, bytes) => {
    if (!bytes) return false
    const socket = response.socket!
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${bytes.length}\r\n\r\n`)
    socket.write(bytes)
    socket.write('more')
    return true
  }
  let seen = 0
  const repository = open()
  for await (const piece of repository.blob(addBlob(), 0, true)) seen += piece.byteLength
  expect(seen).toBe(content.length)
  for await (const piece of repository.blob(addBlob(), 0, true)) {
    expect(piece.byteLength).toBeGreaterThan(0)
    break
  }
})
