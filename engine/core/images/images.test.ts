import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { Output } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { mediaTypes } from '../../image/index.ts'
import { archiveOf, type FakeRegistry, startFakeRegistry } from '../../registry/fake/fake-registry.ts'
import { type LocalEngine, openEngine } from '../index.ts'

let registry: FakeRegistry
let root: string
let local: LocalEngine
beforeEach(async () => {
  registry = await startFakeRegistry()
  root = mkdtempSync(join(tmpdir(), 'berth-images-'))
  local = openEngine({ root: join(root, 'store'), runRoot: join(root, 'run') })
})
afterEach(async () => {
  await local.close()
  await registry.close()
  rmSync(root, { recursive: true })
})

type Item = Output<'image.pull'>

async function pull(name: string, more: object = {}, signal?: AbortSignal, engine = local.engine): Promise<Item[]> {
  const items: Item[] = []
  for await (const item of await engine['image.pull'](
    { reference: `${registry.name}/${name}`, tlsVerify: false, retry: 1, retryDelay: '1ms', ...more },
    signal ? { signal } : {},
  ))
    items.push(item)
  return items
}

const store = (...path: string[]): string[] => readdirSync(join(root, 'store', ...path))
const nothingIsLeft = (): void => {
  for (const folder of ['layers', 'l', 'staging', 'blobs/sha256', 'blobs/partial'])
    expect({ folder, holds: store(folder) }).toEqual({ folder, holds: [] })
}
const failsWith = (code: string, text = ''): object => expect.objectContaining({ code, message: expect.stringContaining(text) })
const random = (size: number): string =>
  Buffer.from(Array.from({ length: size }, (_, i) => (i * 7919 + ((i * i) >> 3)) & 0x7f)).toString('latin1')

describe.skipIf(process.getuid?.() !== 0)('needs root, for owners and whiteouts', () => {
  test('an image is pulled with progress, listed, inspected, tagged and removed', async () => {
    const image = await registry.addImage(
      'a/b',
      'v1',
      [
        { 'etc/x': '1', 'etc/y': '1' },
        { 'etc/.wh.y': '', z: random(10_000) },
      ],
      { config: { Cmd: ['/bin/sh'], Labels: { k: 'v' } } },
    )
    const items = await pull('a/b:v1')
    expect(items.at(-1)).toEqual({ id: image.id, images: [image.id] })
    expect(items.filter(({ layer }) => layer?.phase === 'done')).toHaveLength(2)
    expect(items.find(({ stream }) => stream)?.stream).toBe(`Trying to pull ${registry.name}/a/b:v1...\n`)
    const { engine } = local
    expect(await engine['image.list']({})).toMatchObject([
      {
        Id: image.id,
        RepoTags: [`${registry.name}/a/b:v1`],
        RepoDigests: [`${registry.name}/a/b@${image.digest}`],
        Labels: { k: 'v' },
        Containers: 0,
      },
    ])
    expect(await engine['image.inspect']({ name: image.id.slice(0, 12) })).toMatchObject({
      Id: image.id,
      Config: { Cmd: ['/bin/sh'] },
      Digest: image.digest,
    })
    await engine['image.tag']({ name: 'b:v1', repo: 'mine', tag: 'x' })
    expect(await engine['image.remove']({ name: 'mine:x' })).toMatchObject({ Untagged: ['localhost/mine:x'], Deleted: [] })
    expect(await engine['image.remove']({ name: 'b:v1' })).toMatchObject({ Deleted: [image.id] })
    nothingIsLeft()
    const events = readFileSync(join(root, 'store', 'events.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { Status: string }).Status)
    expect(events).toEqual(['pull', 'tag', 'untag', 'untag', 'remove'])
  })

  test('the image for this machine is taken from an index, and found by both digests', async () => {
    const image = await registry.addImage('a/b', 'one', [{ x: '1' }])
    const entry = (architecture: string, { digest, size }: { digest: string; size: number }): object => ({
      mediaType: mediaTypes.ociManifest,
      digest,
      size,
      platform: { os: 'linux', architecture },
    })
    const arm = await registry.addImage('a/b', 'two', [{ y: '1' }], { architecture: 'arm64' })
    const index = registry.addManifest('a/b', 'multi', {
      schemaVersion: 2,
      mediaType: mediaTypes.ociIndex,
      manifests: [entry('amd64', image), entry('arm64', arm)],
    })
    await pull('a/b:multi', { Arch: 'amd64' })
    const { engine } = local
    for (const digest of [index.digest, image.digest])
      expect(await engine['image.inspect']({ name: `${registry.name}/a/b@${digest}` })).toMatchObject({ Id: image.id })
    await pull('a/b:multi', { Arch: 'arm64' })
    expect(await engine['image.inspect']({ name: 'b:multi' })).toMatchObject({ Architecture: 'arm64' })
    expect(await engine['image.list']({ filters: { dangling: ['true'] } })).toMatchObject([{ Id: image.id, RepoTags: null }])
    expect(await engine['image.prune']({})).toMatchObject([{ Id: image.id }])
    await expect(pull('a/b:multi', { Arch: 's390x' })).rejects.toEqual(failsWith('ImagePlatformMissing', 'linux/arm64'))
  })

  test('policies: missing and never ask nobody, newer looks first', async () => {
    await registry.addImage('a/b', 'v1', [{ x: '1' }])
    await expect(pull('a/b:v1', { policy: 'never' })).rejects.toEqual(failsWith('ImageNotFound'))
    await pull('a/b:v1', { policy: 'missing' })
    registry.requests.length = 0
    await pull('a/b:v1', { policy: 'missing' })
    await pull('a/b:v1', { policy: 'never' })
    expect(registry.requests).toEqual([])
    await pull('a/b:v1', { policy: 'newer' })
    expect(registry.requests).toEqual(['HEAD /v2/a/b/manifests/v1'])
    const newer = await registry.addImage('a/b', 'v1', [{ x: '2' }])
    expect((await pull('a/b:v1', { policy: 'newer' })).at(-1)).toMatchObject({ id: newer.id })
  })

  test.each([
    ['a layer of other content', 'DigestMismatch', (blob: Buffer): Buffer => Buffer.alloc(blob.length, 'x')],
    [
      'a damaged layer',
      'DigestMismatch',
      (blob: Buffer): Buffer => Buffer.concat([blob.subarray(0, 100), Buffer.from([blob[100]! ^ 1]), blob.subarray(101)]),
    ],
    ['a longer layer', 'SizeMismatch', (blob: Buffer): Buffer => Buffer.concat([blob, blob])],
    ['a shorter layer', 'SizeMismatch', (blob: Buffer): Buffer => blob.subarray(0, 200)],
  ])('%s is refused and leaves nothing', async (_name, code, alter) => {
    const image = await registry.addImage('a/b', 'v1', [{ x: random(5000) }])
    registry.faultHook = (request, response, blob) => {
      if (!blob || !request.url?.endsWith(image.manifest.layers[0]!.digest)) return false
      const from = Number(/=(\d+)/.exec(request.headers.range ?? '')?.[1] ?? 0)
      const body = alter(blob).subarray(from)
      // Without a length in the head, so that the lie shows only in the body.
      if (from > 0) response.writeHead(206, { 'content-range': `bytes ${from}-${blob.length - 1}/${blob.length}` })
      response.end(body)
      return true
    }
    await expect(pull('a/b:v1')).rejects.toEqual(failsWith(code))
    nothingIsLeft()
    expect(await local.engine['image.list']({})).toEqual([])
  })

  test('hostile layers and lying configurations are refused and leave nothing', async () => {
    await registry.addImage('a/b', 'dots', [{ good: '1' }, { '../../escaped': 'x' }])
    await expect(pull('a/b:dots')).rejects.toEqual(failsWith('LayerInvalid', 'leaves the layer'))
    await registry.addImage('a/b', 'lies', [{ good: '1' }], {
      alter: (manifest) => (manifest.layers = [manifest.layers[0]!, manifest.layers[0]!]),
    })
    await expect(pull('a/b:lies')).rejects.toEqual(failsWith('ManifestInvalid', '2 layers'))
    const other = gzipSync(await archiveOf({ other: '1' }))
    await registry.addImage('a/b', 'diff', [{ good: '1' }], {
      alter: (manifest) => Object.assign(manifest.layers[0]!, registry.addBlob(other)),
    })
    await expect(pull('a/b:diff')).rejects.toEqual(failsWith('DigestMismatch', 'than its image says'))
    const cut = gzipSync(await archiveOf({ cut: random(9000) })).subarray(0, -20)
    await registry.addImage('a/b', 'cut', [{ good: '1' }], {
      alter: (manifest) => Object.assign(manifest.layers[0]!, registry.addBlob(cut)),
    })
    await expect(pull('a/b:cut')).rejects.toEqual(failsWith('LayerInvalid'))
    nothingIsLeft()
    expect(existsSync(join(root, 'escaped'))).toBe(false)
  })

  test('a cancelled pull leaves only a partial blob, which the next one goes on from, also if it was damaged', async () => {
    const image = await registry.addImage('a/b', 'v1', [{ x: '1' }, { x: random(200_000) }])
    const big = image.manifest.layers[1]!
    const stop = new AbortController()
    const stall = (): void => {
      registry.faultHook = (request, response, blob) => {
        if (!blob || !request.url?.endsWith(big.digest)) return false
        response.writeHead(200, { 'content-length': blob.length })
        response.write(blob.subarray(0, 1000), () => setTimeout(() => stop.abort(), 100))
        return true
      }
    }
    stall()
    await expect(pull('a/b:v1', {}, stop.signal)).rejects.toEqual(failsWith('Cancelled'))
    expect(store('blobs/partial')).toEqual([big.digest.replace(':', '-')])
    expect([...store('layers'), ...store('staging'), ...store('l')]).toEqual([])
    registry.faultHook = undefined
    registry.requests.length = 0
    const partial = join(root, 'store/blobs/partial', big.digest.replace(':', '-'))
    writeFileSync(partial, Buffer.alloc(500, 'damaged'))
    await pull('a/b:v1')
    expect(registry.requests.filter((line) => line.endsWith(big.digest))).toHaveLength(2)
    expect(store('blobs/partial')).toEqual([])
  })

  test('large images are unpacked on a thread, which refuses, is cancelled and works as well', async () => {
    const large = (): string => randomBytes(4_000_000).toString('base64')
    const image = await registry.addImage('a/b', 'good', [{ x: large() }, { y: '2' }])
    expect((await pull('a/b:good')).at(-1)).toMatchObject({ id: image.id })
    await local.engine['image.remove']({ name: 'b:good' })
    await registry.addImage('a/b', 'bad', [{ x: large() }, { '../y': '2' }])
    await expect(pull('a/b:bad')).rejects.toEqual(failsWith('LayerInvalid', 'leaves the layer'))
    nothingIsLeft()
    const other = await registry.addImage('a/b', 'stalls', [{ x: large() }])
    const stop = new AbortController()
    registry.faultHook = (request, response, blob) => {
      if (!blob || !request.url?.endsWith(other.manifest.layers[0]!.digest)) return false
      response.writeHead(200, { 'content-length': blob.length })
      response.write(blob.subarray(0, 2_000_000), () => setTimeout(() => stop.abort(), 50))
      return true
    }
    await expect(pull('a/b:stalls', {}, stop.signal)).rejects.toEqual(failsWith('Cancelled'))
    expect([...store('layers'), ...store('staging')]).toEqual([])
    registry.faultHook = undefined
    expect((await pull('a/b:stalls')).at(-1)).toMatchObject({ id: other.id })
  })

  test('two engines that pull the same image at once both succeed and share the work', async () => {
    const image = await registry.addImage('a/b', 'v1', [{ a: random(50_000) }, { b: '2' }, { c: '3' }, { d: '4' }])
    const second = openEngine({ root: join(root, 'store'), runRoot: join(root, 'run') })
    try {
      const results = await Promise.all([pull('a/b:v1'), pull('a/b:v1', {}, undefined, second.engine), pull('a/b:v1')])
      for (const items of results) expect(items.at(-1)).toMatchObject({ id: image.id })
    } finally {
      await second.close()
    }
    expect(store('layers')).toHaveLength(4)
    expect(store('l')).toHaveLength(4)
    expect(store('staging')).toEqual([])
    for (const { digest } of image.manifest.layers)
      expect(registry.requests.filter((line) => line.endsWith(digest))).toHaveLength(1)
  })

  test('shared layers stay for the image that still needs them', async () => {
    await registry.addImage('a/b', 'one', [{ base: '1' }, { x: '1' }])
    await registry.addImage('a/b', 'two', [{ base: '1' }, { y: '1' }])
    await pull('a/b:one')
    expect((await pull('a/b:two')).filter(({ layer }) => layer?.phase === 'exists')).toHaveLength(1)
    expect(store('layers')).toHaveLength(3)
    await local.engine['image.remove']({ name: 'b:one' })
    expect(store('layers')).toHaveLength(2)
    expect(await local.engine['image.removeMany']({ images: ['b:two', 'gone'] })).toMatchObject({
      ExitCode: 1,
      Errors: ['gone: image not known'],
    })
    nothingIsLeft()
  })

  test('an image that a container uses is not removed', async () => {
    const image = await registry.addImage('a/b', 'v1', [{ x: '1' }])
    await pull('a/b:v1')
    const { database } = local.context
    await database.transaction(() =>
      database.run(
        "INSERT INTO containers (id, name, created, image, status, config, state) VALUES ('c1', 'c1', '', ?, 'created', '{}', '{}')",
        image.id,
      ),
    )
    for (const name of ['b:v1', image.id]) {
      await expect(local.engine['image.remove']({ name })).rejects.toEqual(
        failsWith('ImageInUse', 'image is in use by a container'),
      )
    }
    expect(await local.engine['image.removeMany']({ all: true })).toMatchObject({ ExitCode: 2, Deleted: [] })
    expect(await local.engine['image.prune']({ all: true })).toEqual([])
    expect(await local.engine['image.list']({})).toMatchObject([{ Containers: 1 }])
  })

  test('unusable names, unknown images and wrong filters are refused with a message', async () => {
    const { engine } = local
    await expect(engine['image.pull']({ reference: 'a b' })).rejects.toEqual(failsWith('ImageReferenceInvalid'))
    await expect(pull('no/such')).rejects.toEqual(failsWith('ImageUnknown', 'manifest unknown'))
    await expect(engine['image.inspect']({ name: 'none' })).rejects.toEqual(failsWith('ImageNotFound', 'none: image not known'))
    await expect(engine['image.tag']({ name: 'none', repo: 'x' })).rejects.toEqual(failsWith('ImageNotFound'))
    await expect(engine['image.list']({ filters: { shape: ['round'] } })).rejects.toEqual(failsWith('InvalidArgument', 'shape'))
    expect(EngineError.is(await engine['image.exists']({ name: 'none' }).catch((error: unknown) => error), 'ImageNotFound')).toBe(
      true,
    )
  })
})
