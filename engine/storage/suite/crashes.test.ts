import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { describe, expect, test } from 'vitest'

import { drivers, type LayerStore, openLayerStore } from '../index.ts'
import { build, layerOf } from './suite-layers.ts'

const rounds = 4
const id = 'c'.repeat(64)

/** Makes, mounts and removes a snapshot for ever, and says so after each step. */
const script = ({ root, driver }: LayerStore, parent: string): string => `
  const { openLayerStore } = await import(${JSON.stringify(join(import.meta.dirname, '../index.ts'))})
  const store = openLayerStore(${JSON.stringify({ root, driver })})
  const id = ${JSON.stringify(id)}
  for (;;) {
    console.log('create'); await store.createSnapshot(id, { parent: ${JSON.stringify(parent)} })
    console.log('mount'); store.mountSnapshot(id)
    console.log('remove'); await store.removeSnapshot(id)
  }`

describe.skipIf(process.getuid?.() !== 0)('needs root, to mount', () => {
  test.each(drivers)(
    '%s: after kill -9 at any point a snapshot can be removed or created again, and nothing stays',
    { timeout: 120_000 },
    async (driver) => {
      const root = mkdtempSync(join(tmpdir(), 'berth-crashes-'))
      const store = openLayerStore({ root, driver })
      try {
        await crash(store)
      } finally {
        await store.removeSnapshot(id)
        rmSync(root, { recursive: true })
      }
    },
  )
  test.each(drivers)('%s: what a process that was killed had not renamed yet goes with the snapshot', async (driver) => {
    const root = mkdtempSync(join(tmpdir(), 'berth-crashes-'))
    try {
      const store = openLayerStore({ root, driver })
      await store.createSnapshot(id, {})
      writeFileSync(join(root, 'containers', id, '.lower.abcdefgh.tmp'), '')
      await store.removeSnapshot(id)
      expect(readdirSync(join(root, 'containers'))).toEqual([])
    } finally {
      rmSync(root, { recursive: true })
    }
  })
})

async function crash(store: LayerStore): Promise<void> {
  const files = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`f${i}`, String(i)]))
  const [chainId] = await build(store, [await layerOf(files)])
  for (let round = 0; round < rounds; round++) {
    await killAfter(store, chainId!, 4 + round)
    await store.sweep()
    expect(readdirSync(join(store.root, 'staging'))).toEqual([])
    if (round % 2 === 0) await store.removeSnapshot(id)
    await store.createSnapshot(id, { parent: chainId! })
    const merged = store.mountSnapshot(id)
    expect(readdirSync(merged)).toHaveLength(300)
    expect(readFileSync(join(merged, 'f299'), 'utf8')).toBe('299')
    await store.removeSnapshot(id)
    expect(readdirSync(join(store.root, 'containers'))).toEqual([])
  }
}

async function killAfter(store: LayerStore, parent: string, lines: number): Promise<void> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script(store, parent)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  let left = lines
  for await (const _ of createInterface({ input: child.stdout! })) {
    if (--left > 0) continue
    // The step that was told of has begun; a number of turns later it is somewhere in its midst.
    for (let turn = 0; turn < lines * 20; turn++) await new Promise((resolve) => setImmediate(resolve))
    child.kill('SIGKILL')
    break
  }
  await closed
  expect(left, 'the program ended before it was killed').toBe(0)
}
