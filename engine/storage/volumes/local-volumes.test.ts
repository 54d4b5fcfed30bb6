import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { open } from './fixtures/open.ts'
import { volumeStoreSuite } from './suite.ts'
import type { VolumeStore } from './volume-store.ts'

volumeStoreSuite('local', open, new URL('./fixtures/open.ts', import.meta.url).href)

let root: string
let store: VolumeStore
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'berth-volumes-'))
  store = open(root)
  await store.withSharedLock(['v'], async (volumes) => volumes.make('v'))
})
afterEach(() => rmSync(root, { recursive: true }))

const notAsked = () => Promise.reject(new Error('not asked'))
const beside = (name: string): string => join(store.path('v'), '..', name)

test.each(['who fills it next', 'a repair'])('moves that were interrupted are completed by %s', async (who) => {
  // As a process leaves it that is killed between two moves.
  mkdirSync(beside('.copied'))
  writeFileSync(beside('.copied/b'), '2')
  writeFileSync(beside('_data/a'), '1')
  await store.withExclusiveLock('v', async (volume) => {
    expect(volume.isInterrupted()).toBe(true)
    if (who === 'a repair') expect(await volume.completeFill()).toBe(true)
    else await volume.fill(notAsked)
    expect(volume.isInterrupted()).toBe(false)
  })
  expect(readdirSync(store.path('v'))).toEqual(['a', 'b'])
  expect(readdirSync(beside(''))).toEqual(['_data'])
})

test('what an earlier version was killed at while it wrote starts again', async () => {
  mkdirSync(beside('.copying'))
  writeFileSync(beside('.copying/half'), '')
  await store.withExclusiveLock('v', async (volume) => {
    expect(volume.isInterrupted()).toBe(true)
    await volume.fill(async (folder) => writeFileSync(join(folder, 'whole'), ''))
    expect(volume.isInterrupted()).toBe(false)
  })
  expect(readdirSync(store.path('v'))).toEqual(['whole'])
})

test('what lies in the place of a volume is left, and so is what has no name of one', async () => {
  rmSync(store.path('v'), { recursive: true })
  writeFileSync(beside('note'), '')
  mkdirSync(join(root, 'volumes/lost+found'))
  expect(store.has('v')).toBe(false)
  expect(await store.withSharedLock(['v'], async (volumes) => volumes.make('v'))).toBe(true)
  expect(readdirSync(beside(''))).toEqual(['_data', 'note'])
  expect(store.list()).toEqual(['v'])
})
