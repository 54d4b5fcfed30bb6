import {
  ftruncateSync,
  closeSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { lgetxattr, lsetxattr } from '../../lib/sys/index.ts'
import type { TarHeader, TarInput } from '../../lib/tar/index.ts'
import { createLayerWriter } from '../layers/layer-writer.ts'
import { build, type Fixture, layerOf, packed } from './suite-layers.ts'

const member = (path: string, type: TarHeader['type'], more: Partial<TarHeader> = {}, body = ''): TarInput => ({
  header: { path, type, mode: type === 'directory' ? 0o755 : 0o644, uid: 0, gid: 0, size: body.length, mtime: 0n, ...more },
  body: [Buffer.from(body)],
})

/** What a mounted snapshot must look like, whatever the driver. */
export function contentTests(name: string, at: Fixture): void {
  for (const tests of [removals, hostile, kinds, writing, measuring, changing]) tests(name, at)
}

function removals(name: string, at: Fixture): void {
  test(`${name}: a layer replaces, removes and hides what is below it, and nothing else`, async () => {
    const chain = await build(at.store, [
      await layerOf({
        'd/': '',
        'd/x': '1',
        f: '1',
        'o/': '',
        'o/old': '1',
        'o/deep/': '',
        'o/deep/y': '1',
        'k/': '',
        'k/kept': '1',
      }),
      await layerOf({
        d: 'file',
        'f/': '',
        'f/new': '2',
        'o/new': '2',
        'o/.wh..wh..opq': '',
        '.wh.k': '',
        'k/': '',
        'k/again': '2',
      }),
      await layerOf({ '.wh.nothing': '', 'f/.wh.new': '' }),
    ])
    await at.store.createSnapshot(at.id, { parent: chain[2]! })
    const merged = at.store.mountSnapshot(at.id)
    expect(readdirSync(merged).toSorted()).toEqual(['d', 'f', 'k', 'o'])
    expect(readFileSync(join(merged, 'd'), 'utf8')).toBe('file')
    expect(readdirSync(join(merged, 'f'))).toEqual([])
    expect(readdirSync(join(merged, 'o'))).toEqual(['new'])
    expect(readdirSync(join(merged, 'k'))).toEqual(['again'])
  })
}

function hostile(name: string, at: Fixture): void {
  test(`${name}: links of lower layers lead nothing out of the file system`, async () => {
    const outside = join(at.root, 'outside')
    writeFileSync(outside, 'secret', { mode: 0o600 })
    const chain = await build(at.store, [
      await packed([
        member('link', 'symlink', { linkTarget: at.root }),
        member('gone', 'symlink', { linkTarget: at.root }),
        member('name', 'symlink', { linkTarget: outside }),
      ]),
      await layerOf({ 'link/outside': 'mine', 'gone/.wh.outside': '', name: 'mine' }),
    ])
    await at.store.createSnapshot(at.id, { parent: chain[1]! })
    const merged = at.store.mountSnapshot(at.id)
    expect(readFileSync(join(merged, 'link/outside'), 'utf8')).toBe('mine')
    expect(lstatSync(join(merged, 'gone')).isDirectory()).toBe(true)
    expect(lstatSync(join(merged, 'name')).isFile()).toBe(true)
    expect([readFileSync(outside, 'utf8'), statSync(outside).mode & 0o777]).toEqual(['secret', 0o600])
  })
}

function kinds(name: string, at: Fixture): void {
  test(`${name}: owners, modes, times, attributes, links, devices and holes are as the layer says`, async () => {
    const times = { mtime: 1_700_000_000_123_456_789n }
    const [chainId] = await build(at.store, [
      await packed([
        member('d', 'directory', { mode: 0o1777, uid: 3, gid: 4, ...times }),
        member(
          'd/s',
          'file',
          { mode: 0o4711, uid: 1, gid: 2, ...times, xattrs: new Map([['user.note', Buffer.from('n')]]) },
          'text',
        ),
        member('hard', 'hardlink', { linkTarget: 'd/s' }),
        member('soft', 'symlink', { linkTarget: 'no/where' }),
        member('fifo', 'fifo'),
        member('null', 'character', { mode: 0o666, deviceMajor: 1, deviceMinor: 3 }),
        member('holes', 'file', {}, 'x'),
        member(Buffer.from('\xe4', 'latin1').toString(), 'file', { rawPath: Buffer.from('\xe4', 'latin1') }, 'x'),
      ]),
    ])
    const holes = openSync(join(at.store.path(chainId!), 'holes'), 'w')
    writeSync(holes, 'end', 8 * 1024 * 1024)
    ftruncateSync(holes, 32 * 1024 * 1024)
    closeSync(holes)
    await at.store.createSnapshot(at.id, { parent: chainId! })
    const merged = at.store.mountSnapshot(at.id)
    const see = (path: string) => lstatSync(join(merged, path), { bigint: true })
    expect(see('d')).toMatchObject({ mode: 0o041777n, uid: 3n, gid: 4n, mtimeNs: times.mtime })
    expect(see('d/s')).toMatchObject({ mode: 0o104711n, uid: 1n, gid: 2n, mtimeNs: times.mtime, nlink: 2n, ino: see('hard').ino })
    expect(lgetxattr(join(merged, 'd/s'), 'user.note')?.toString()).toBe('n')
    expect(readlinkSync(join(merged, 'soft'))).toBe('no/where')
    expect(see('fifo').isFIFO()).toBe(true)
    if (at.rootless) expect(readdirSync(merged)).not.toContain('null')
    else {
      expect(see('null')).toMatchObject({ rdev: 0x103n })
      // The mount is nodev.
      expect(() => openSync(join(merged, 'null'), 'r')).toThrow('EACCES')
    }
    expect(see('holes')).toMatchObject({ size: 32n * 1024n * 1024n })
    expect(Number(see('holes').blocks) * 512).toBeLessThan(1024 * 1024)
    expect(readFileSync(join(merged, 'holes')).toString('latin1', 8 * 1024 * 1024, 8 * 1024 * 1024 + 4)).toBe('end\0')
    expect(readdirSync(merged, { encoding: 'latin1' })).toContain('\xe4')
  })
}

function writing(name: string, at: Fixture): void {
  test(`${name}: two snapshots of one layer do not see each other, nor does the layer see either`, async () => {
    const [chainId] = await build(at.store, [await layerOf({ a: '1', 'd/': '', 'd/x': '1' })])
    const other = at.id.replace(/^./, at.id.startsWith('0') ? '1' : '0')
    try {
      for (const id of [at.id, other]) await at.store.createSnapshot(id, { parent: chainId! })
      const merged = at.store.mountSnapshot(at.id)
      writeFileSync(join(merged, 'a'), 'changed')
      rmSync(join(merged, 'd'), { recursive: true })
      expect(readFileSync(join(at.store.mountSnapshot(other), 'a'), 'utf8')).toBe('1')
      expect(readdirSync(join(at.store.mountSnapshot(other), 'd'))).toEqual(['x'])
      expect(readFileSync(join(at.store.path(chainId!), 'a'), 'utf8')).toBe('1')
    } finally {
      await at.store.removeSnapshot(other)
    }
  })
}

function measuring(name: string, at: Fixture): void {
  test(`${name}: what a container takes is what it wrote`, async () => {
    const [chainId] = await build(at.store, [await layerOf({ a: '1'.repeat(1000), b: '2', c: '3' })])
    await at.store.createSnapshot(at.id, { parent: chainId! })
    expect(await at.store.snapshotUsage(at.id)).toEqual({ size: 0, inodes: 0 })
    const merged = at.store.mountSnapshot(at.id)
    writeFileSync(join(merged, 'new'), '12345')
    linkSync(join(merged, 'new'), join(merged, 'newer'))
    writeFileSync(join(merged, 'b'), '22')
    rmSync(join(merged, 'c'))
    expect(await at.store.snapshotUsage(at.id)).toMatchObject({ size: 7 })
  })

  test(`${name}: a content that was changed in secret counts as well`, async () => {
    const [chainId] = await build(at.store, [await layerOf({ a: '1' })])
    await at.store.createSnapshot(at.id, { parent: chainId! })
    const merged = at.store.mountSnapshot(at.id)
    // The file system's clock must have advanced since the copy was made.
    const probe = join(at.root, 'probe')
    writeFileSync(probe, '')
    for (const start = statSync(probe).ctimeMs; statSync(probe).ctimeMs === start;) writeFileSync(probe, '1')
    const before = statSync(join(merged, 'a'))
    writeFileSync(join(merged, 'a'), '2')
    utimesSync(join(merged, 'a'), before.atime, before.mtime)
    expect(await at.store.snapshotUsage(at.id)).toMatchObject({ size: 1 })
  })
}

function changing(name: string, at: Fixture): void {
  test(`${name}: a snapshot takes changes as a layer on top of it would`, async () => {
    const [chainId] = await build(at.store, [await layerOf({ a: '1', 'd/': '', 'd/x': '1', 'd/y': '1', e: '1' })])
    await at.store.createSnapshot(at.id, { parent: chainId! })
    await at.store.writeSnapshot(at.id, async (root, marks) => {
      const writer = createLayerWriter({ root, rootless: false, marks, owner: { uid: 0, gid: 0 } })
      for (const [path, body] of [
        ['.wh.a', ''],
        ['d/.wh.x', ''],
        ['e', 'new'],
      ] as const) {
        writer.entry(member(path, 'file', {}, body).header)
        writer.data(Buffer.from(body))
        writer.end()
      }
      writer.finish()
      return writer.implied()
    })
    const merged = at.store.mountSnapshot(at.id)
    expect(readdirSync(merged).toSorted()).toEqual(['d', 'e'])
    expect(readdirSync(join(merged, 'd'))).toEqual(['y'])
    expect(readFileSync(join(merged, 'e'), 'utf8')).toBe('new')
  })

  test(`${name}: a container can rename folders and set attributes`, async () => {
    const [chainId] = await build(at.store, [await layerOf({ 'd/': '', 'd/x': '1' })])
    await at.store.createSnapshot(at.id, { parent: chainId! })
    const merged = at.store.mountSnapshot(at.id)
    lsetxattr(join(merged, 'd/x'), 'user.note', 'n')
    renameSync(join(merged, 'd/x'), join(merged, 'y'))
    at.store.unmountSnapshotSync(at.id)
    expect(lgetxattr(join(at.store.mountSnapshot(at.id), 'y'), 'user.note')?.toString()).toBe('n')
  })
}
