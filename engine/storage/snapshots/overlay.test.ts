import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { openLayerStore } from '../index.ts'
import { layerStoreSuite } from '../suite/suite.ts'
import { build, layerOf } from '../suite/suite-layers.ts'

describe.skipIf(process.getuid?.() !== 0)('needs root, to mount', () => {
  layerStoreSuite('overlay', (root) => openLayerStore({ root, driver: 'overlay' }))
  layerStoreSuite('overlay, rootless', (root) => openLayerStore({ root, driver: 'overlay', rootless: true }), true)

  test('making a snapshot takes less than five milliseconds', async () => {
    const root = mkdtempSync(join(tmpdir(), 'berth-overlay-'))
    try {
      const store = openLayerStore({ root, driver: 'overlay' })
      const [chainId] = await build(store, [await layerOf({ a: '1' })])
      // The least of five: a process that is new, or has to share its processor, takes longer for the same.
      const costs: number[] = []
      for (let round = 0; round < 5; round += 1) {
        const ids = Array.from({ length: 10 }, () => randomBytes(32).toString('hex'))
        const before = process.cpuUsage()
        for (const each of ids) await store.createSnapshot(each, { parent: chainId! })
        const { user, system } = process.cpuUsage(before)
        costs.push((user + system) / 1000 / ids.length)
      }
      expect(Math.min(...costs)).toBeLessThan(5)
    } finally {
      rmSync(root, { recursive: true })
    }
  })
})
