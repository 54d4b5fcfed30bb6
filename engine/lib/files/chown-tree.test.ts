import {
  chmodSync,
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { chownTree } from './chown-tree.ts'
import { pathOnly } from '../sys/index.ts'

const owner = { uid: 4321, gid: 1234 }
let folder: string
let tree: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-chown-'))
  tree = path.join(folder, 'tree')
  mkdirSync(path.join(tree, 'a/b'), { recursive: true })
  mkdirSync(path.join(folder, 'outside/b'), { recursive: true })
  writeFileSync(path.join(folder, 'outside/file'), '')
})
afterEach(() => rmSync(folder, { recursive: true }))

async function change(place: string): Promise<void> {
  const fd = openSync(place, pathOnly)
  try {
    await chownTree(fd, owner)
  } finally {
    closeSync(fd)
  }
}

const ownerOf = (place: string) => {
  const { uid, gid } = lstatSync(path.join(folder, place))
  return { uid, gid }
}

// Only root may give files away.
describe.skipIf(process.getuid?.() !== 0)('the owner of a tree', () => {
  test('everything gets it: folders, files with several names, odd names, links but not what they lead to', async () => {
    writeFileSync(path.join(tree, 'a/b/file'), '')
    linkSync(path.join(tree, 'a/b/file'), path.join(tree, 'second'))
    symlinkSync('../outside', path.join(tree, 'link'))
    symlinkSync('nowhere', path.join(tree, 'dangling'))
    const odd = Buffer.concat([Buffer.from(`${tree}/a/`), Buffer.from([0xff, 0x0a, 0x2d])])
    mkdirSync(odd)
    writeFileSync(Buffer.concat([odd, Buffer.from('/in')]), '')
    await change(tree)
    for (const place of ['tree', 'tree/a', 'tree/a/b', 'tree/a/b/file', 'tree/second', 'tree/link', 'tree/dangling'])
      expect(ownerOf(place), place).toEqual(owner)
    expect(lstatSync(Buffer.concat([odd, Buffer.from('/in')]))).toMatchObject(owner)
    for (const place of ['outside', 'outside/b', 'outside/file']) expect(ownerOf(place), place).toEqual({ uid: 0, gid: 0 })
  })

  test('a single file, and nothing that is right already', async () => {
    const file = path.join(tree, 'file')
    writeFileSync(file, '')
    await change(file)
    expect(ownerOf('tree/file')).toEqual(owner)
    expect(ownerOf('tree')).toEqual({ uid: 0, gid: 0 })
    // A change of owner takes the bit away.
    chmodSync(file, 0o4755)
    await change(tree)
    expect(lstatSync(file).mode & 0o7777).toBe(0o4755)
  })

  test('a folder that is swapped for a link meanwhile leads nowhere else', async () => {
    // Others get their turn after so many files, when the folders between them are known and not yet opened.
    for (let each = 0; each < 2001; each += 1) writeFileSync(path.join(tree, `file-${each}`), '')
    mkdirSync(path.join(tree, 'c/d'), { recursive: true })
    const fd = openSync(tree, pathOnly)
    const changing = chownTree(fd, owner)
    expect(ownerOf('tree/a')).toEqual(owner)
    expect(ownerOf('tree/a/b')).toEqual({ uid: 0, gid: 0 })
    renameSync(path.join(tree, 'a'), path.join(folder, 'moved'))
    symlinkSync('../outside', path.join(tree, 'a'))
    await changing
    closeSync(fd)
    for (const place of ['outside', 'outside/b', 'outside/file', 'moved/b'])
      expect(ownerOf(place), place).toEqual({ uid: 0, gid: 0 })
    expect(ownerOf('tree/c/d')).toEqual(owner)
  })

  test('it can be cancelled', async () => {
    for (let each = 0; each < 2001; each += 1) writeFileSync(path.join(tree, `file-${each}`), '')
    const fd = openSync(tree, pathOnly)
    await expect(chownTree(fd, owner, AbortSignal.abort())).rejects.toThrow(/aborted/)
    closeSync(fd)
  })
})
