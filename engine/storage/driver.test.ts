import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { mount, umountFlags, unmountIfMounted } from '../lib/sys/index.ts'
import { openLayerStore } from './index.ts'

let root: string
let told: string[]
const warn = (message: string): void => void told.push(message)
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'berth-driver-'))
  told = []
})
afterEach(() => rmSync(root, { recursive: true }))

test('a store keeps its driver, whatever is asked for, and says so', () => {
  expect(openLayerStore({ root, driver: 'vfs', warn }).driver).toBe('vfs')
  expect(openLayerStore({ root, warn }).driver).toBe('vfs')
  expect(told).toEqual([])
  expect(openLayerStore({ root, driver: 'overlay', warn }).driver).toBe('vfs')
  expect(told).toEqual([expect.stringMatching(/has the storage driver vfs and keeps it.*--root/)])
})

test('a store of an earlier version has overlay, and nothing is written into it', () => {
  for (const name of ['layers', 'l', 'containers', 'staging', 'empty']) mkdirSync(join(root, name))
  expect(openLayerStore({ root, driver: 'vfs', warn }).driver).toBe('overlay')
  expect(readdirSync(root)).not.toContain('driver')
  expect(told).toHaveLength(1)
})

test('what there is not is refused by name, with the list', () => {
  expect(() => openLayerStore({ root, driver: 'btrfs' })).toThrow(
    expect.objectContaining({
      code: 'NotSupported',
      message: 'The storage driver "btrfs" is not supported: use overlay or vfs.',
    }),
  )
  expect(() => openLayerStore({ root, driverPriority: ['btrfs', 'zfs'] })).toThrow(
    expect.objectContaining({ code: 'NotSupported' }),
  )
  expect(readdirSync(root)).toEqual([])
  writeFileSync(join(root, 'driver'), 'composefs\n')
  expect(() => openLayerStore({ root })).toThrow(expect.objectContaining({ code: 'StoreCorrupt' }))
})

test('priority decides where none is named', () => {
  expect(openLayerStore({ root, driverPriority: ['btrfs', 'vfs', 'overlay'], warn }).driver).toBe('vfs')
  expect(told).toEqual([])
})

describe.skipIf(process.getuid?.() !== 0)('needs root, to mount', () => {
  test('overlay where it works; the try leaves nothing', () => {
    expect(openLayerStore({ root, warn }).driver).toBe('overlay')
    expect(readFileSync(join(root, 'driver'), 'utf8')).toBe('overlay\n')
    expect(readdirSync(join(root, 'staging'))).toEqual([])
    expect(told).toEqual([])
  })

  test('vfs where overlay cannot be mounted, as on the overlay of a container around, told once', () => {
    for (const name of ['lower', 'upper', 'work', 'merged']) mkdirSync(join(root, name))
    const place = join(root, 'merged')
    mount('overlay', place, 'overlay', 0, `lowerdir=${root}/lower,upperdir=${root}/upper,workdir=${root}/work`)
    try {
      const store = join(place, 'store')
      mkdirSync(store)
      expect(openLayerStore({ root: store, warn }).driver).toBe('vfs')
      expect(openLayerStore({ root: store, warn }).driver).toBe('vfs')
      expect(told).toEqual([expect.stringMatching(/Overlay cannot be used in .*vfs/)])
      expect(readdirSync(join(store, 'staging'))).toEqual([])
      expect(() => openLayerStore({ root: join(place, 'other'), driverPriority: ['overlay'] })).toThrow(
        expect.objectContaining({ code: 'NotSupported' }),
      )
    } finally {
      unmountIfMounted(place, umountFlags.noFollow)
    }
  })
})
