import { chmodSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { mount, mountFlags } from '../../lib/sys/index.ts'
import { openLayerStore } from '../index.ts'
import { layerStoreSuite } from '../suite/suite.ts'
import { build, layerOf } from '../suite/suite-layers.ts'

describe.skipIf(process.getuid?.() !== 0)('needs root, to mount', () => {
  layerStoreSuite('vfs', (root) => openLayerStore({ root, driver: 'vfs' }))
  layerStoreSuite('vfs, rootless', (root) => openLayerStore({ root, driver: 'vfs', rootless: true }), true)

  test('what a container changed is found by comparing with its layers, with the folders on the way', async () => {
    const root = mkdtempSync(join(tmpdir(), 'berth-vfs-'))
    const store = openLayerStore({ root, driver: 'vfs' })
    const id = 'a'.repeat(64)
    try {
      const chain = await build(store, [
        await layerOf({ 'a/': '', 'a/b/': '', 'a/b/c': '1', 'gone/': '', 'gone/x': '1', k: '1', l: '1' }),
        await layerOf({ '.wh.l': '', m: '2' }),
      ])
      await store.createSnapshot(id, { parent: chain[1]! })
      expect(await store.snapshotChanges(id)).toMatchObject({ only: new Set(), removed: [] })
      const merged = store.mountSnapshot(id)
      writeFileSync(join(merged, 'a/b/c'), 'long')
      rmSync(join(merged, 'gone'), { recursive: true })
      chmodSync(join(merged, 'm'), 0o600)
      mkdirSync(join(merged, 'n'))
      writeFileSync(join(merged, '.wh.plain'), '')
      // A file that got a name more is taken along, so that both stay hard links.
      linkSync(join(merged, 'k'), join(merged, 'n/k'))
      const { root: upper, only, removed } = await store.snapshotChanges(id)
      expect(upper).toBe(store.snapshotPaths(id).upper)
      expect([...only!].toSorted()).toEqual(['.wh.plain', 'a', 'a/b', 'a/b/c', 'k', 'm', 'n', 'n/k'])
      expect(removed).toEqual(['gone'])
    } finally {
      await store.removeSnapshot(id)
      rmSync(root, { recursive: true })
    }
  })

  test('a mount that a killed process left without its flags is created again', async () => {
    const root = mkdtempSync(join(tmpdir(), 'berth-vfs-'))
    const store = openLayerStore({ root, driver: 'vfs' })
    const id = 'b'.repeat(64)
    try {
      await store.createSnapshot(id, {})
      const { upper, merged } = store.snapshotPaths(id)
      mount(upper, merged, null, mountFlags.bind)
      expect(store.isMounted(id)).toBe(true)
      store.mountSnapshot(id)
      const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
      expect(lines.filter((line) => line.split(' ')[4] === merged).map((line) => line.split(' ')[5])).toEqual([
        expect.stringContaining('nodev'),
      ])
    } finally {
      await store.removeSnapshot(id)
      rmSync(root, { recursive: true })
    }
  })
})
