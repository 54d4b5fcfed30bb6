import { lstatSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { linkMtab } from './rootfs.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'berth-rootfs-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const owner = { uid: process.getuid!(), gid: process.getgid!() }

test('a root folder gets its /etc/mtab once', () => {
  linkMtab(root, owner)
  linkMtab(root, owner)
  expect(readlinkSync(path.join(root, 'etc/mtab'))).toBe('/proc/mounts')
})

test('what an image has of that name stays, and a link of its /etc does not lead out', () => {
  mkdirSync(path.join(root, 'etc'))
  writeFileSync(path.join(root, 'etc/mtab'), '')
  linkMtab(root, owner)
  expect(lstatSync(path.join(root, 'etc/mtab')).isFile()).toBe(true)
  rmSync(path.join(root, 'etc'), { recursive: true })
  const outside = mkdtempSync(path.join(tmpdir(), 'berth-outside-'))
  symlinkSync(outside, path.join(root, 'etc'))
  linkMtab(root, owner)
  expect(lstatSync(path.join(outside, 'mtab'), { throwIfNoEntry: false })).toBeUndefined()
  rmSync(outside, { recursive: true })
})
