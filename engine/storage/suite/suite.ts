import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { chainIds, digestOf, type DiffId } from '../../image/index.ts'
import type { LayerStore } from '../layers/layer-store.ts'
import { contentTests } from './suite-contents.ts'
import { idTests, layerMountTests } from './suite-ids.ts'
import { build, type Fixture, layerOf, once } from './suite-layers.ts'

/** What every layer store must do. `open` opens one on a folder. Needs the right to mount. */
export function layerStoreSuite(name: string, open: (root: string) => LayerStore, rootless = false): void {
  const at = {} as Fixture
  beforeEach(() => {
    const root = mkdtempSync(join(tmpdir(), 'berth-layers-'))
    Object.assign(at, { root, rootless, store: open(root), id: randomBytes(32).toString('hex') })
  })
  afterEach(async () => {
    await at.store.removeSnapshot(at.id)
    rmSync(at.root, { recursive: true })
  })
  mountingTests(name, at)
  layerTests(name, at)
  removalTests(name, at)
  contentTests(name, at)
  idTests(name, at)
  layerMountTests(name, at)
}

function mountingTests(name: string, at: Fixture): void {
  test(`${name}: a snapshot shows its layers, keeps what is written, and hides what was removed`, async () => {
    const chain = await build(at.store, [
      await layerOf({ a: '1', b: '1', 'd/': '', 'd/x': '1', 'e/': '', 'e/y': '1' }),
      await layerOf({ b: '2', 'd/.wh.x': '', 'd/z': '2', 'e/.wh..wh..opq': '' }),
    ])
    await at.store.createSnapshot(at.id, { parent: chain[1]! })
    const merged = at.store.mountSnapshot(at.id)
    expect(at.store.isMounted(at.id)).toBe(true)
    expect(at.store.mountSnapshot(at.id)).toBe(merged)
    expect(readdirSync(merged).toSorted()).toEqual(['a', 'b', 'd', 'e'])
    expect(readFileSync(join(merged, 'b'), 'utf8')).toBe('2')
    expect(readdirSync(join(merged, 'd'))).toEqual(['z'])
    expect(readdirSync(join(merged, 'e'))).toEqual([])
    // Only implied by the upper layer, so it is as below.
    expect(statSync(join(merged, 'd')).mode & 0o777).toBe(0o750)
    writeFileSync(join(merged, 'new'), '12345')
    unlinkSync(join(merged, 'a'))
    at.store.unmountSnapshotSync(at.id)
    at.store.unmountSnapshotSync(at.id)
    expect(at.store.isMounted(at.id)).toBe(false)
    expect(await at.store.snapshotUsage(at.id)).toMatchObject({ size: 5 })
    expect(readdirSync(at.store.mountSnapshot(at.id)).toSorted()).toEqual(['b', 'd', 'e', 'new'])
  })

  test(`${name}: a snapshot of nothing can be mounted, and one can be read-only`, async () => {
    await at.store.createSnapshot(at.id, {})
    const merged = at.store.mountSnapshot(at.id, { readonly: true })
    expect(readdirSync(merged)).toEqual([])
    expect(() => writeFileSync(join(merged, 'x'), '')).toThrow('EROFS')
    at.store.unmountSnapshotSync(at.id)
    writeFileSync(join(at.store.mountSnapshot(at.id, { volatile: true }), 'x'), '')
    at.store.unmountSnapshotSync(at.id)
    writeFileSync(join(at.store.mountSnapshot(at.id, { volatile: true }), 'y'), '')
    expect(readdirSync(at.store.mountSnapshot(at.id)).toSorted()).toEqual(['x', 'y'])
  })

  test(`${name}: 128 layers mount`, async () => {
    const layers = await Promise.all(Array.from({ length: 128 }, (_, i) => layerOf({ [`f${i}`]: String(i) })))
    const chain = await build(at.store, layers)
    await at.store.createSnapshot(at.id, { parent: chain.at(-1)! })
    expect(readdirSync(at.store.mountSnapshot(at.id))).toHaveLength(128)
  })
}

function layerTests(name: string, at: Fixture): void {
  test(`${name}: a refused layer leaves nothing`, async () => {
    const { archive } = await layerOf({ a: '1' })
    const diffId = digestOf(Buffer.from('other')) as unknown as DiffId
    const [chainId] = chainIds([diffId])
    await expect(at.store.apply({ chainId: chainId!, diffId, source: once(archive) })).rejects.toMatchObject({
      code: 'DigestMismatch',
    })
    expect(at.store.has(chainId!)).toBe(false)
    expect(at.store.list()).toEqual([])
    expect(readdirSync(join(at.root, 'staging'))).toEqual([])
    await expect(at.store.createSnapshot(at.id, { parent: chainId! })).rejects.toMatchObject({ code: 'LayerNotFound' })
  })

  test(`${name}: two that store the same layer at once both succeed`, async () => {
    const { archive, diffId } = await layerOf({ a: '1' })
    const [chainId] = chainIds([diffId])
    const staged = await Promise.all([1, 2].map(() => at.store.stage({ chainId: chainId!, diffId, source: once(archive) })))
    expect(at.store.has(chainId!)).toBe(false)
    await Promise.all(staged.map((each) => each.commit()))
    expect(at.store.list()).toEqual([chainId])
    expect(at.store.record(chainId!)).toMatchObject({ diffId, size: archive.length })
    expect(readdirSync(join(at.root, 'l'))).toHaveLength(1)
    expect(readdirSync(join(at.root, 'staging'))).toEqual([])
  })

  test(`${name}: a damaged record is named`, async () => {
    const [chainId] = await build(at.store, [await layerOf({ a: '1' })])
    writeFileSync(join(at.root, 'layers', chainId!, 'layer.json'), '{"links":["../../etc"]}')
    await expect(at.store.createSnapshot(at.id, { parent: chainId! })).rejects.toMatchObject({ code: 'StoreCorrupt' })
  })
}

function removalTests(name: string, at: Fixture): void {
  test(`${name}: removal takes everything, twice is no failure`, async () => {
    const [chainId] = await build(at.store, [await layerOf({ a: '1' })])
    await at.store.createSnapshot(at.id, { parent: chainId! })
    at.store.mountSnapshot(at.id)
    await at.store.removeSnapshot(at.id)
    await at.store.removeSnapshot(at.id)
    await at.store.remove(chainId!)
    await at.store.remove(chainId!)
    expect(readdirSync(join(at.root, 'containers'))).toEqual([])
    expect([
      ...readdirSync(join(at.root, 'layers')),
      ...readdirSync(join(at.root, 'l')),
      ...readdirSync(join(at.root, 'staging')),
    ]).toEqual([])
  })

  test(`${name}: a sweep removes what dead processes left and nothing else`, async () => {
    const { archive, diffId } = await layerOf({ a: '1' })
    const [chainId] = chainIds([diffId])
    const staged = await at.store.stage({ chainId: chainId!, diffId, source: once(archive) })
    const dead = join(at.root, 'staging', '999999999-1-abcdef')
    writeFileSync(dead, '')
    await at.store.sweep()
    expect(existsSync(dead)).toBe(false)
    await staged.commit()
    expect(at.store.has(chainId!)).toBe(true)
  })
}
