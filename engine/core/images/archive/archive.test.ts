import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { gzipSync, zstdCompressSync } from 'node:zlib'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { type SelfWriting, writesItself } from '../../../lib/files/self-writing.ts'
import { readTar, type TarInput, writeTar } from '../../../lib/tar/index.ts'
import { archiveOf } from '../../../registry/fake/fake-registry.ts'
import { type LocalEngine, openEngine } from '../../index.ts'
import { openTarFile } from './tar-file.ts'

let root: string
let local: LocalEngine
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'berth-archives-'))
  local = openEngine({ root: join(root, 'store'), runRoot: join(root, 'run') })
})
afterEach(async () => {
  await local.close()
  rmSync(root, { recursive: true })
})

const hex = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')

function member(path: string, content: Buffer | string): TarInput {
  const body = Buffer.from(content as Buffer)
  return { header: { path, type: 'file', mode: 0o644, uid: 0, gid: 0, size: body.length, mtime: 0n }, body: [body] }
}

async function tar(...members: TarInput[]): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(writeTar(members)))
}

const configOf = (layers: Buffer[]): string =>
  JSON.stringify({
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: { Cmd: ['sh'] },
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => `sha256:${hex(layer)}`) },
  })

/** A docker-archive of one image. */
async function dockerArchive(layers: Buffer[], tags: string[] = ['bb:1'], kept = layers): Promise<Buffer> {
  const config = configOf(layers)
  const names = kept.map((_, i) => `${i}.tar`)
  return tar(
    ...kept.map((layer, i) => member(names[i]!, layer)),
    member('c.json', config),
    member('manifest.json', JSON.stringify([{ Config: 'c.json', RepoTags: tags, Layers: names }])),
  )
}

async function* pieces(bytes: Buffer, size = 10_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const load = (bytes: Buffer) => local.engine['image.load']({ body: pieces(bytes) })
async function saveInto(
  name: string,
  format: 'docker-archive' | 'oci-archive' | 'docker-dir' = 'docker-archive',
): Promise<Buffer> {
  const path = join(root, 'saved.tar')
  writeFileSync(path, '')
  const source = await local.engine['image.export']({ references: [name], format })
  if (!writesItself(source)) throw new Error('It cannot.')
  await source.writeInto(path)
  return readFileSync(path)
}
const names = async () => (await local.engine['image.list']({ all: true })).flatMap(({ RepoTags }) => RepoTags ?? [])
const nothingIsLeft = (): void => {
  for (const folder of ['layers', 'staging', 'blobs/sha256', 'blobs/partial'])
    expect({ folder, holds: readdirSync(join(root, 'store', folder)) }).toEqual({ folder, holds: [] })
}

describe.skipIf(process.getuid?.() !== 0)('needs root, for owners in layers', () => {
  let layer: Buffer
  beforeEach(async () => {
    layer = await archiveOf({ 'data/file': 'content' })
  })

  test('an archive is loaded under its names, and saved again as it was', async () => {
    expect(await load(await dockerArchive([layer], ['bb:1', 'localhost/other:2']))).toEqual({
      Names: ['docker.io/library/bb:1', 'localhost/other:2'],
    })
    const [image] = await local.engine['image.list']({})
    expect(image!.Id).toBe(hex(configOf([layer])))
    const save = async () =>
      Buffer.concat(await Array.fromAsync(await local.engine['image.export']({ references: ['bb:1', 'other:2'] })))
    const saved = await save()
    expect(await save()).toEqual(saved)
    const found = new Map<string, Buffer>()
    for await (const { header, body } of readTar(pieces(saved)))
      found.set(header.path, Buffer.concat(await Array.fromAsync(body)))
    expect(found.get(`${hex(layer)}.tar`)).toEqual(layer)
    expect(found.get(`${image!.Id}.json`)!.toString()).toBe(configOf([layer]))
    expect(JSON.parse(found.get('manifest.json')!.toString())[0].RepoTags).toEqual([
      'docker.io/library/bb:1',
      'localhost/other:2',
    ])
    await local.engine['image.removeMany']({ images: ['bb:1', 'other:2'] })
    expect((await load(saved)).Names).toEqual(['docker.io/library/bb:1', 'localhost/other:2'])
  })

  test.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('compressed as a whole with %s, sent or in a file', async (_kind, compress) => {
    const packed = compress(await dockerArchive([layer], []))
    expect(await load(packed)).toEqual({ Names: [`sha256:${hex(configOf([layer]))}`] })
    writeFileSync(join(root, 'packed'), packed)
    expect((await local.engine['image.loadLocal']({ path: join(root, 'packed') })).Names).toHaveLength(1)
    expect(readdirSync(join(root, 'store/staging'))).toEqual([])
  })

  test('all images of an archive, and one layer for several of them', async () => {
    const other = await archiveOf({ 'data/other': 'x' })
    const archive = await tar(
      member('l.tar', layer),
      member('o.tar', other),
      member('a.json', configOf([layer])),
      member('b.json', configOf([layer, other])),
      member(
        'manifest.json',
        JSON.stringify([
          { Config: 'a.json', RepoTags: ['a:1'], Layers: ['l.tar'] },
          { Config: 'b.json', RepoTags: null, Layers: ['l.tar', 'o.tar'] },
        ]),
      ),
    )
    const { Names } = await load(archive)
    expect(Names).toEqual(['docker.io/library/a:1', `sha256:${hex(configOf([layer, other]))}`])
  })

  test('large layers become blobs as they arrive, wherever a piece ends; damaged and cut ones leave nothing', async () => {
    const large = await Promise.all(['a', 'b'].map((name) => archiveOf({ [name]: name.repeat(1_500_000 + name.charCodeAt(0)) })))
    const layers = [large[0]!, layer, large[1]!]
    const archive = await dockerArchive(layers)
    const stored = (each: Buffer) => readFileSync(join(root, 'store/blobs/sha256', hex(each)))
    for (const size of [1000, 512 * 1024, archive.length]) {
      await local.engine['image.load']({ body: pieces(Buffer.from(archive), size) })
      expect(layers.map((each) => stored(each).equals(each))).toEqual([true, true, true])
      await local.engine['image.removeMany']({ images: ['bb:1'] })
    }
    const damaged = Buffer.from(archive)
    damaged[damaged.indexOf('aaaaaaaa') + 1_000_000]! ^= 1
    await expect(load(damaged)).rejects.toMatchObject({ code: 'DigestMismatch' })
    await expect(load(archive.subarray(0, 900_000))).rejects.toMatchObject({ code: 'ArchiveInvalid' })
    nothingIsLeft()
  })

  test('an archive that ends with a large layer, and one that two images link to', async () => {
    const large = await archiveOf({ a: 'a'.repeat(1_100_000) })
    const link: TarInput = {
      header: { path: 'again.tar', type: 'symlink', linkTarget: 'l.tar', mode: 0o777, uid: 0, gid: 0, size: 0, mtime: 0n },
    }
    const images = ['l.tar', 'again.tar'].map((name, i) => ({ Config: 'c.json', RepoTags: [`bb:${i}`], Layers: [name] }))
    const whole = await tar(
      link,
      member('c.json', configOf([large])),
      member('manifest.json', JSON.stringify(images)),
      member('l.tar', large),
    )
    const end = whole.lastIndexOf(large.subarray(large.length - 1024)) + 1024
    expect((await load(whole.subarray(0, end))).Names).toEqual(['docker.io/library/bb:0', 'docker.io/library/bb:1'])
    expect(readdirSync(join(root, 'store/staging'))).toEqual([])
  })

  test('a layer with other content is refused by its digest, and nothing stays', async () => {
    const wrong = await archiveOf({ 'data/file': 'CONTENT' })
    await expect(load(await dockerArchive([layer], ['bb:1'], [wrong]))).rejects.toMatchObject({ code: 'DigestMismatch' })
    expect(await names()).toEqual([])
    nothingIsLeft()
  })

  test('an archive that ends too early, or is damaged inside its compression, leaves nothing', async () => {
    const whole = await dockerArchive([layer])
    await expect(load(whole.subarray(0, 1500))).rejects.toMatchObject({ code: 'ArchiveInvalid' })
    const packed = gzipSync(whole)
    await expect(load(packed.subarray(0, packed.length - 20))).rejects.toMatchObject({ code: 'LayerInvalid' })
    await expect(load(Buffer.from('no archive'))).rejects.toMatchObject({ code: 'ArchiveInvalid' })
    await expect(load(Buffer.alloc(0))).rejects.toMatchObject({ code: 'ArchiveInvalid' })
    expect(readdirSync(join(root, 'store/staging'))).toEqual([])
  })

  test('a layer that leads out of its folder is refused', async () => {
    const hostile = await tar(member('../../../../outside', 'x'))
    await expect(load(await dockerArchive([hostile]))).rejects.toMatchObject({ code: 'LayerInvalid' })
    nothingIsLeft()
  })

  test('a blob that was damaged in the store is named when it is saved', async () => {
    await load(await dockerArchive([layer]))
    const path = join(root, 'store/blobs/sha256', hex(layer))
    const bytes = readFileSync(path)
    bytes[600] = bytes[600]! ^ 1
    writeFileSync(path, bytes)
    const saving = (async () => Array.fromAsync(await local.engine['image.get']({ name: 'bb:1' })))()
    await expect(saving).rejects.toMatchObject({ code: 'StoreCorrupt', message: expect.stringContaining(hex(layer)) })
  })

  test('a large layer that is kept compressed is saved as it was, and its damage is named too', async () => {
    const text = Array.from({ length: 400_000 }, (_, i) => (i * 2654435761) >>> 0).join(' ')
    const large = await archiveOf({ 'data/large': text })
    const packed = gzipSync(large, { level: 1 })
    const { Id } = await local.engine['image.import']({ body: pieces(packed, 500_000), reference: 'large:1' })
    const layers: Buffer[] = []
    for await (const { header, body } of readTar(await local.engine['image.get']({ name: 'large:1' })))
      if (header.path === `${hex(large)}.tar`) layers.push(Buffer.concat(await Array.fromAsync(body)))
    expect(layers.map(hex)).toEqual([hex(large)])
    const streamed = Buffer.concat(await Array.fromAsync(await local.engine['image.get']({ name: 'large:1' })))
    expect(hex(await saveInto('large:1'))).toBe(hex(streamed))
    const path = join(root, 'store/blobs/sha256', hex(packed))
    const bytes = readFileSync(path)
    bytes[300_000] = bytes[300_000]! ^ 1
    writeFileSync(path, bytes)
    const saving = (async () => Array.fromAsync(await local.engine['image.get']({ name: Id })))()
    await expect(saving).rejects.toMatchObject({ code: 'StoreCorrupt', message: expect.stringContaining(hex(packed)) })
    // Left early, nothing goes on.
    for await (const _ of await local.engine['image.get']({ name: Id })) break
    await expect(saveInto(Id)).rejects.toMatchObject({ code: 'StoreCorrupt', message: expect.stringContaining(hex(packed)) })
  })

  test.each(['docker-archive', 'oci-archive', 'docker-dir'] as const)(
    '%s: a file gets the same bytes as a stream',
    async (format) => {
      const content = Array.from({ length: 300_000 }, (_, i) => (i * 2654435761) >>> 0).join(' ')
      const large = await Promise.all(['a', 'b'].map((name) => archiveOf({ [`data/${name}`]: name + content })))
      await load(
        await dockerArchive([large[0]!, layer, large[1]!], ['bb:1'], [gzipSync(large[0]!), layer, zstdCompressSync(large[1]!)]),
      )
      const streamed = Buffer.concat(await Array.fromAsync(await local.engine['image.export']({ references: ['bb:1'], format })))
      expect(hex(await saveInto('bb:1', format))).toBe(hex(streamed))
    },
  )

  test('saving into a file is cancelled, and says so', async () => {
    await load(await dockerArchive([layer]))
    const source = await local.engine['image.export']({ references: ['bb:1'] }, { signal: AbortSignal.timeout(1) })
    const path = join(root, 'cancelled.tar')
    writeFileSync(path, '')
    await setTimeout(20)
    await expect((source as SelfWriting).writeInto(path)).rejects.toMatchObject({ code: 'Cancelled' })
  })

  test('import makes one layer, whatever it is compressed with, the same for the same archive', async () => {
    const created = '2026-01-02T03:04:05Z'
    const make = async (bytes: Buffer) =>
      (await local.engine['image.import']({ body: pieces(bytes), created, changes: ['CMD ["x"]'], reference: 'made:1' })).Id
    const id = await make(layer)
    expect(await make(gzipSync(layer))).toBe(id)
    expect(await make(zstdCompressSync(layer))).toBe(id)
    const details = await local.engine['image.inspect']({ name: 'made:1' })
    expect(details).toMatchObject({
      Created: created,
      RepoTags: ['localhost/made:1'],
      Comment: 'imported from tarball',
      RootFS: { Layers: [`sha256:${hex(layer)}`] },
    })
    expect(details.Config.Cmd).toEqual(['x'])
  })

  test('what is no archive of files is refused by import, and nothing stays', async () => {
    for (const bytes of [Buffer.from('nothing'), Buffer.alloc(3000, 0x55)])
      await expect(local.engine['image.import']({ body: pieces(bytes) })).rejects.toMatchObject({ code: 'LayerInvalid' })
    nothingIsLeft()
  })
})

describe('an archive being written', () => {
  test('members may be written at once and again, and appear together', async () => {
    const path = join(root, 'x.tar')
    const file = openTarFile(path)
    const failing = member('b', 'bbbb')
    failing.body = (async function* () {
      yield Buffer.from('bb')
      throw new Error('cut')
    })()
    const [a, b] = await Promise.allSettled([file.add(member('a', 'a'.repeat(1000))), file.add(failing)])
    expect([a.status, b.status]).toEqual(['fulfilled', 'rejected'])
    await file.add(member('b', 'bbbb'))
    expect(readdirSync(root)).not.toContain('x.tar')
    await file.commit([member('c', 'cc')])
    expect(readFileSync(path)).toEqual(await tar(member('a', 'a'.repeat(1000)), member('b', 'bbbb'), member('c', 'cc')))
  })

  test('a member that is not whole keeps it from appearing, and no part stays', async () => {
    const file = openTarFile(join(root, 'x.tar'))
    const short = member('a', 'abc')
    short.body = [Buffer.from('ab')]
    await expect(file.add(short)).rejects.toMatchObject({ code: 'SizeMismatch' })
    await expect(file.commit([])).rejects.toMatchObject({ code: 'ArchiveInvalid' })
    expect(readdirSync(root).filter((name) => name.startsWith('x'))).toEqual([])
  })
})
