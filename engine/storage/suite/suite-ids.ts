import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { umountFlags, unmountIfMounted } from '../../lib/sys/index.ts'
import { build, type Fixture, layerOf } from './suite-layers.ts'

const map = [{ container_id: 0, host_id: 700_000, size: 1000 }]
const ids = { uids: map, gids: map }

const ownerOf = (path: string): string => {
  const { uid, gid } = statSync(path)
  return `${uid}:${gid}`
}

/** File systems whose files have the owners that a user namespace needs. */
export function idTests(name: string, at: Fixture): void {
  test(`${name}: with ids, files have other owners, and the layers keep theirs`, async () => {
    const chain = await build(at.store, [
      await layerOf({ a: '1', 'd/': '', 'd/x': '1' }),
      await layerOf({ 'd/.wh.x': '', 'd/y': '2' }),
    ])
    const layers = at.store.list().map((each) => at.store.path(each))
    const before = layers.map((path) => readdirSync(path))
    await at.store.createSnapshot(at.id, { parent: chain[1]!, ids })
    const merged = at.store.mountSnapshot(at.id)
    expect(['.', 'a', 'd', 'd/y'].map((each) => ownerOf(join(merged, each)))).toEqual(Array(4).fill('700000:700000'))
    expect(readdirSync(join(merged, 'd'))).toEqual(['y'])
    writeFileSync(join(merged, 'a'), 'changed')
    expect(ownerOf(join(merged, 'a'))).toBe('700000:700000')
    expect(await at.store.snapshotChanges(at.id)).toMatchObject({ ids })
    at.store.unmountSnapshotSync(at.id)
    expect(layers.map((path) => readdirSync(path))).toEqual(before)
    expect(ownerOf(join(at.store.path(chain[0]!), 'a'))).toBe('0:0')
    // What is mounted for a moment is gone.
    expect(readdirSync(join(at.root, 'containers', at.id)).toSorted()).not.toContain('mapped')
    expect(at.store.repairSnapshot(at.id, chain[1]!)).toBe(true)
    expect(ownerOf(join(at.store.mountSnapshot(at.id), 'd/y'))).toBe('700000:700000')
  })

  test(`${name}: with ids, a sweep removes only the copies that nothing needs`, async () => {
    const [chainId] = await build(at.store, [await layerOf({ a: '1' })])
    const copies = (): string[] => {
      const folder = join(at.root, 'layers', chainId!)
      return readdirSync(folder).includes('mapped') ? readdirSync(join(folder, 'mapped')) : []
    }
    await at.store.createSnapshot(at.id, { parent: chainId!, ids })
    const made = copies()
    await at.store.sweep()
    expect(copies()).toEqual(made)
    expect(ownerOf(join(at.store.mountSnapshot(at.id), 'a'))).toBe('700000:700000')
    await at.store.removeSnapshot(at.id)
    await at.store.sweep()
    expect(copies()).toEqual([])
    expect(readdirSync(join(at.root, 'staging'))).toEqual([])
  })
}

/** Layers that are mounted beside a snapshot. */
export function layerMountTests(name: string, at: Fixture): void {
  test(`${name}: layers are mounted elsewhere, to be read or with changes of their own`, async () => {
    const [chainId] = await build(at.store, [await layerOf({ a: '1' })])
    const target = join(at.root, 'target')
    const own = join(at.root, 'containers', at.id, 'overlays/0')
    mkdirSync(target)
    const mount = (readonly: boolean, more: object = {}) =>
      at.store.mountLayers(target, { parent: chainId!, id: at.id, own, readonly, ...more })
    const unmount = () => unmountIfMounted(target, umountFlags.detach)
    try {
      await mount(true)
      expect(readdirSync(target)).toEqual(['a'])
      expect(() => writeFileSync(join(target, 'b'), '')).toThrow('EROFS')
      unmount()
      await mount(false)
      writeFileSync(join(target, 'b'), '')
      unmount()
      await mount(false)
      expect(readdirSync(target)).toEqual(['a', 'b'])
      expect(readdirSync(at.store.path(chainId!))).toEqual(['a'])
    } finally {
      unmount()
    }
  })
}
