import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { type FakeImage, type FakeRegistry, startFakeRegistry } from '../../../registry/fake/fake-registry.ts'
import { allImages } from '../../../store/index.ts'
import { type LocalEngine, openEngine } from '../../index.ts'

let registry: FakeRegistry
let root: string
let local: LocalEngine
let image: FakeImage
let chain: string[]

beforeEach(async () => {
  registry = await startFakeRegistry()
  root = mkdtempSync(join(tmpdir(), 'berth-check-'))
  local = openEngine({ root: join(root, 'store'), runRoot: join(root, 'run') })
  image = await registry.addImage('a/b', 'v1', [
    { 'etc/x': '1', 'etc/y': '22' },
    { 'etc/.wh.y': '', z: 'third' },
  ])
  await pull()
  chain = allImages(local.context.database)[0]!.facts.chain
})
afterEach(async () => {
  await local.close()
  await registry.close()
  rmSync(root, { recursive: true })
})

async function pull(): Promise<void> {
  for await (const _ of await local.engine['image.pull']({ reference: `${registry.name}/a/b:v1`, tlsVerify: false }));
}

const store = (...path: string[]): string => join(root, 'store', ...path)
const check = (input: object = {}) => local.engine['system.check'](input)
const blob = (digest: string): string => store('blobs', digest.replace(':', '/'))

describe.skipIf(process.getuid?.() !== 0)('needs root, for owners and whiteouts', () => {
  test('a store as it should be has no errors', async () => {
    expect(await check()).toMatchObject({ Errors: false, Layers: {}, Images: {}, Containers: {}, Blobs: {}, RemovedLayers: [] })
    expect(await check({ repair: true })).toMatchObject({ Errors: false, Repaired: [] })
  })

  test.each([
    ['a changed file', () => writeFileSync(store('layers', chain[0]!, 'diff/etc/x'), '2'), /"etc\/x" has/],
    ['a missing file', () => rmSync(store('layers', chain[1]!, 'diff/z')), /"z" is missing/],
    ['a file too many', () => writeFileSync(store('layers', chain[0]!, 'diff/w'), ''), /"w" does not belong/],
    ['a lost whiteout', () => rmSync(store('layers', chain[1]!, 'diff/etc/y')), /"etc\/y" is missing/],
  ])('%s is found, and the layer is repaired from its blob', async (_, damage, text) => {
    damage()
    expect(await check({ quick: true })).toMatchObject({ Errors: false })
    const found = await check()
    expect(found.Errors).toBe(true)
    expect(Object.values(found.Layers).flat().join()).toMatch(text)
    expect(found.Images[image.id]).toHaveLength(Object.values(found.Layers).flat().length)
    expect(await check({ repair: true })).toMatchObject({ Errors: false, RemovedImages: {}, Repaired: [/unpacked again/] })
    expect(await check()).toMatchObject({ Errors: false, Layers: {} })
  })

  test.each([
    ['a missing layer', () => rmSync(store('layers', chain[0]!), { recursive: true })],
    ['a missing record', () => rmSync(store('layers', chain[1]!, 'layer.json'))],
    ['a damaged record', () => writeFileSync(store('layers', chain[0]!, 'layer.json'), '{"links":["../../etc"]}')],
    ['missing files', () => rmSync(store('layers', chain[1]!, 'diff'), { recursive: true })],
    ['missing short names', () => readdirSync(store('l')).forEach((name) => rmSync(store('l', name)))],
  ])('%s: found immediately, and repaired', async (_, damage) => {
    const container = (await local.engine['container.create']({ body: { image: image.id, command: ['x'] } })).Id
    damage()
    expect(await check({ quick: true })).toMatchObject({ Errors: true })
    expect(await check({ quick: true, repair: true })).toMatchObject({ Errors: false, RemovedImages: {}, RemovedContainers: {} })
    expect(await check()).toMatchObject({ Errors: false, Layers: {}, Containers: {} })
    const layers = await local.context.layers()
    const merged = layers.mountSnapshot(container)
    expect(readFileSync(join(merged, 'z'), 'utf8')).toBe('third')
    expect(readdirSync(join(merged, 'etc'))).toEqual(['x'])
    layers.unmountSnapshotSync(container)
    await local.engine['image.prune']({})
    expect(readdirSync(store('l'))).toHaveLength(2)
  })

  test('a damaged blob is dropped, its image runs on, and a pull brings it back', async () => {
    const { digest } = image.manifest.layers[0]!
    truncateSync(blob(digest), 10)
    expect(await check({ quick: true })).toMatchObject({ Errors: true, Blobs: { [digest]: [/has 10 bytes/] }, Images: {} })
    expect(await check({ repair: true })).toMatchObject({ Errors: false, Repaired: [/pulled again before it can be pushed/] })
    expect(existsSync(blob(digest))).toBe(false)
    expect(await check()).toMatchObject({ Errors: false })
    await pull()
    expect(existsSync(blob(digest))).toBe(true)
  })

  test('content of the right size is only found by reading it', async () => {
    const { digest, size } = image.manifest.layers[1]!
    writeFileSync(blob(digest), Buffer.alloc(size))
    expect(await check({ quick: true })).toMatchObject({ Errors: false })
    expect(await check()).toMatchObject({ Errors: true, Blobs: { [digest]: [/other content/] } })
  })

  test('an image that cannot be repaired is removed, unless a container uses it; with force both go', async () => {
    const container = (await local.engine['container.create']({ body: { image: image.id, command: ['x'], name: 'c' } })).Id
    for (const { digest } of image.manifest.layers) rmSync(blob(digest))
    rmSync(store('layers', chain[0]!), { recursive: true })
    const kept = await check({ repair: true })
    expect(kept).toMatchObject({ Errors: true, RemovedImages: {}, RemovedContainers: {} })
    expect(kept.Images[image.id]!.join()).toMatch(/used by container .*pull it again/)
    expect(Object.keys(kept.Containers)).toEqual([container])
    const forced = await check({ repair_lossy: true })
    expect(forced).toMatchObject({ Errors: false, RemovedContainers: { [container]: 'c' } })
    expect(Object.keys(forced.RemovedImages)).toEqual([image.id])
    for (const folder of ['layers', 'l', 'staging', 'containers', 'blobs/sha256', 'blobs/partial'])
      expect({ folder, holds: readdirSync(store(folder)) }).toEqual({ folder, holds: [] })
  })

  test('a damaged configuration is repaired by a pull, if a container keeps its image', async () => {
    await local.engine['container.create']({ body: { image: image.id, command: ['x'] } })
    const { digest, size } = image.manifest.config
    writeFileSync(blob(digest), Buffer.alloc(size, 32))
    expect(await check({ repair: true })).toMatchObject({ Errors: true, RemovedImages: {} })
    await pull()
    expect(await check()).toMatchObject({ Errors: false })
  })

  test('what nobody needs goes when it is old', async () => {
    const stray = 'ab'.repeat(32)
    for (const folder of [
      store('layers', stray, 'diff'),
      store('containers', stray, 'upper'),
      join(root, 'run/containers', stray),
    ])
      mkdirSync(folder, { recursive: true })
    symlinkSync(`../layers/${chain[0]}/diff`, store('l/ZZZZZZZZ'))
    writeFileSync(store('blobs/sha256/.x.0123456789ab.tmp'), '')
    expect(await check()).toMatchObject({ Errors: false })
    for (const folder of ['layers', 'containers']) utimesSync(store(folder, stray), 1, 1)
    expect(await check()).toMatchObject({
      Errors: true,
      Layers: { [stray]: [/no image/] },
      Containers: { [stray]: [/no record/] },
    })
    expect(await check({ repair: true })).toMatchObject({ Errors: false, RemovedLayers: [stray] })
    await local.engine['image.prune']({})
    expect(existsSync(store('containers', stray)) || existsSync(join(root, 'run/containers', stray))).toBe(false)
    expect(readdirSync(store('l'))).toHaveLength(2)
    expect(readdirSync(store('blobs/sha256')).filter((name) => name.startsWith('.'))).toEqual([])
    expect(await check()).toMatchObject({ Errors: false })
  })

  test('a removal of a container that was cut short is finished', async () => {
    const { Id } = await local.engine['container.create']({ body: { image: image.id, command: ['x'] } })
    rmSync(store('containers', Id), { recursive: true })
    expect(await check()).toMatchObject({ Errors: true, Containers: { [Id]: expect.anything() } })
    const report = await check({ repair: true })
    expect(report.Errors).toBe(false)
    expect(Object.keys(report.RemovedContainers)).toEqual([Id])
  })

  test('bytes that a prune frees are told exactly', async () => {
    const other = await registry.addImage('a/b', 'v2', [{ 'etc/x': '1', 'etc/y': '22' }, { big: 'x'.repeat(50_000) }])
    for await (const _ of await local.engine['image.pull']({ reference: `${registry.name}/a/b:v2`, tlsVerify: false }));
    const before = await local.engine['system.df']({})
    await local.engine['image.untag']({ name: other.id })
    const report = await local.engine['system.prune']({})
    const after = await local.engine['system.df']({})
    expect(report.ImagePruneReports).toEqual([{ Id: other.id, Size: before.ImagesSize! - after.ImagesSize! }])
    expect(report.ReclaimedSpace).toBe(before.ImagesSize! - after.ImagesSize!)
    expect(report.ReclaimedSpace).toBeGreaterThan(50_000)
    const last = await local.engine['system.prune']({ all: true })
    expect(last.ReclaimedSpace).toBe(after.ImagesSize)
    await expect(local.engine['system.prune']({ filters: { color: ['red'] } })).rejects.toMatchObject({ code: 'InvalidArgument' })
  })

  test('a write-ahead log that was cut short is no damage', async () => {
    const copy = join(root, 'copy')
    mkdirSync(copy)
    for (const name of ['state.db', 'state.db-wal']) copyFileSync(store(name), join(copy, name))
    const log = join(copy, 'state.db-wal')
    truncateSync(log, Math.max(0, statSync(log).size - 1000))
    const other = openEngine({ root: copy, runRoot: join(root, 'copy-run') })
    await other.engine['image.list']({})
    expect((await other.engine['system.check']({ repair: true })).Errors).toBe(false)
    await other.close()
  })

  test('a damaged database is reported with a message', async () => {
    await local.close()
    const file = store('state.db')
    const bytes = readFileSync(file)
    bytes.fill(0x5a, 4096, 4096 * 12)
    writeFileSync(file, bytes)
    const attempt = async (): Promise<unknown> => {
      local = openEngine({ root: store(), runRoot: join(root, 'run') })
      return check()
    }
    await expect(attempt()).rejects.toMatchObject({
      code: 'StoreCorrupt',
      message: expect.stringMatching(/damaged.*backup.*start again/),
    })
  })
})
