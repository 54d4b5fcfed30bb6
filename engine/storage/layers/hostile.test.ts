import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { digestOf, type DiffId } from '../../image/index.ts'
import { lgetxattr } from '../../lib/sys/index.ts'
import { createTarParser, type TarHeader, type TarInput, writeTar } from '../../lib/tar/index.ts'
import { LayerTree } from './layer-tree.ts'
import { createLayerWriter } from './layer-writer.ts'
import { unpackLayer } from './unpack.ts'

const isRoot = process.getuid?.() === 0
let folder: string
let root: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-hostile-'))
  root = join(folder, 'layer')
  mkdirSync(root)
  mkdirSync(join(folder, 'outside'))
  writeFileSync(join(folder, 'outside', 'secret'), 'secret', { mode: 0o600 })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const uid = process.getuid!()
const gid = process.getgid!()

function member(path: string, type: TarHeader['type'], more: Partial<TarHeader> = {}, body = ''): TarInput {
  return {
    header: {
      path,
      type,
      mode: type === 'directory' ? 0o755 : 0o644,
      uid,
      gid,
      size: body.length,
      mtime: 1_000_000_000_000_000_000n,
      ...more,
    },
    body: [Buffer.from(body)],
  }
}

async function archiveOf(members: TarInput[]): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of writeTar(members)) parts.push(part)
  return Buffer.concat(parts)
}

async function unpack(members: TarInput[] | Buffer, more: object = {}): Promise<{ size: number; implied: string[] }> {
  const archive = Buffer.isBuffer(members) ? members : await archiveOf(members)
  const source = (async function* () {
    for (let at = 0; at < archive.length; at += 700) yield archive.subarray(at, at + 700)
  })()
  return unpackLayer({
    root,
    diffId: digestOf(archive) as unknown as DiffId,
    source,
    rootless: false,
    marks: 'trusted',
    owner: { uid, gid },
    ...more,
  })
}

const outsideIsUntouched = (): void => {
  expect(readdirSync(join(folder, 'outside'))).toEqual(['secret'])
  expect(readFileSync(join(folder, 'outside', 'secret'), 'utf8')).toBe('secret')
  expect(statSync(join(folder, 'outside', 'secret')).nlink).toBe(1)
  expect(statSync(join(folder, 'outside')).mtimeMs).not.toBe(1e12)
  expect(readdirSync(folder).toSorted()).toEqual(['layer', 'outside'])
}

test.each(['../outside/x', 'a/../../outside/x', '/../outside/x', '..'])('the name %s is refused', async (path) => {
  await expect(unpack([member(path, 'file', {}, 'x')])).rejects.toMatchObject({
    code: 'LayerInvalid',
    message: expect.stringContaining('leaves the layer'),
  })
  outsideIsUntouched()
})

test('an absolute name begins at the layer', async () => {
  await unpack([member('/etc/../etc/x', 'file', {}, 'x')])
  expect(readFileSync(join(root, 'etc/x'), 'utf8')).toBe('x')
})

test.each([
  ['absolute', (): string => join(folder, 'outside')],
  ['relative', (): string => '../outside'],
  ['deep', (): string => '../../../../../../../../../../../../..' + join(folder, 'outside')],
])('a symbolic link that leads out (%s) is followed only inside', async (_name, target) => {
  await unpack([
    member('out', 'symlink', { linkTarget: target() }),
    member('out/planted', 'file', {}, 'x'),
    member('out/dir', 'directory', { mode: 0o777 }),
    member('out/dir/planted', 'file', {}, 'y'),
    member('out/.wh.secret', 'file'),
  ])
  outsideIsUntouched()
  expect(lstatSync(join(root, 'out')).isSymbolicLink()).toBe(true)
})

test('a chain of links is followed inside, and circles are refused', async () => {
  await unpack([
    member('usr/lib', 'directory'),
    member('lib', 'symlink', { linkTarget: '/usr/lib' }),
    member('lib64', 'symlink', { linkTarget: 'lib/../lib' }),
    member('lib64/x', 'file', {}, 'x'),
  ])
  expect(readFileSync(join(root, 'usr/lib/x'), 'utf8')).toBe('x')
  await expect(
    unpack([member('p', 'symlink', { linkTarget: 'q' }), member('q', 'symlink', { linkTarget: 'p' }), member('p/x', 'file')]),
  ).rejects.toMatchObject({ code: 'LayerInvalid' })
})

test('hard links reach no file outside', async () => {
  for (const linkTarget of ['../outside/secret', join(folder, 'outside', 'secret'), 'missing', '.', 'dir']) {
    rmSync(root, { recursive: true })
    mkdirSync(root)
    await expect(unpack([member('dir', 'directory'), member('hard', 'hardlink', { linkTarget })])).rejects.toMatchObject({
      code: 'LayerInvalid',
    })
  }
  rmSync(root, { recursive: true })
  mkdirSync(root)
  await expect(
    unpack([
      member('out', 'symlink', { linkTarget: join(folder, 'outside') }),
      member('hard', 'hardlink', { linkTarget: 'out/secret' }),
    ]),
  ).rejects.toMatchObject({ code: 'LayerInvalid' })
  outsideIsUntouched()
})

test('a folder that becomes a link does not carry its later attributes out', async () => {
  await unpack([
    member('a', 'directory'),
    member('a/outside', 'directory', { mode: 0o777 }),
    member('a', 'symlink', { linkTarget: folder }),
    member('b/c', 'file'),
  ])
  expect(statSync(join(folder, 'outside')).mode & 0o777).not.toBe(0o777)
  outsideIsUntouched()
})

test('nor does a folder below it, whatever it is called', async () => {
  const raw = Buffer.concat([Buffer.from('a/'), Buffer.of(0xff), Buffer.from('/outside')])
  await unpack([
    member('a', 'directory'),
    member('raw', 'directory', { rawPath: raw.subarray(0, 3) }),
    member('raw', 'directory', { rawPath: raw, mode: 0o777 }),
    member('a', 'file'),
    member('a', 'directory'),
    member('raw', 'symlink', { rawPath: raw.subarray(0, 3), linkTarget: folder }),
    member('b/c', 'file'),
  ])
  expect(statSync(join(folder, 'outside')).mode & 0o777).not.toBe(0o777)
  outsideIsUntouched()
})

test('a link may not lead through thousands of parts', async () => {
  const way = `${'d/../'.repeat(800)}d`
  await expect(
    unpack([
      member('d', 'directory'),
      ...Array.from({ length: 5 }, (_, i) => member(`l${i}`, 'symlink', { linkTarget: i === 0 ? way : `l${i - 1}/../${way}` })),
      member('l4/x', 'file'),
    ]),
  ).rejects.toMatchObject({ code: 'LayerInvalid', message: expect.stringContaining('leads too far') })
  await unpack([member('d', 'directory'), member('l0', 'symlink', { linkTarget: way }), member('l0/x', 'file')].slice(1))
  expect(existsSync(join(root, 'd/x'))).toBe(true)
})

test('the names of folders that are kept in memory are bounded', async () => {
  const nameLimits = { remembered: 500, implied: 1000, described: 1000 }
  const many = (type: 'directory' | 'file', count: number): TarInput[] =>
    Array.from({ length: count }, (_, i) => member(`${i}-${'n'.repeat(90)}${type === 'file' ? '/f' : ''}`, type))
  const write = async (members: TarInput[]): Promise<void> => {
    rmSync(root, { recursive: true })
    mkdirSync(root)
    const writer = createLayerWriter({ root, nameLimits, rootless: false, marks: 'trusted', owner: { uid, gid } })
    const parser = createTarParser(writer)
    try {
      parser.push(await archiveOf(members))
      writer.finish()
    } finally {
      writer.close()
    }
  }
  await write([...many('directory', 9), ...many('directory', 9), ...many('file', 9)])
  expect(readdirSync(root)).toHaveLength(9)
  await write(many('file', 9))
  expect(readdirSync(root)).toHaveLength(9)
  for (const type of ['directory', 'file'] as const)
    await expect(write(many(type, 15))).rejects.toMatchObject({
      code: 'LayerInvalid',
      message: expect.stringContaining('folders'),
    })
})

test('to replace a folder takes no longer the more others there are', () => {
  const tree = new LayerTree(root, () => {})
  for (let i = 0; i < 400_000; i++) tree.implied.add(`d/${i}`)
  const gone: string[] = []
  const before = process.cpuUsage()
  for (let i = 0; i < 200; i++) {
    mkdirSync(join(root, 'x/y'), { recursive: true })
    tree.clear('x', (each) => gone.push(each))
  }
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(0.5)
  expect(gone.slice(-2)).toEqual(['x', 'x/y'])
  expect(tree.implied.size).toBe(400_001)
})

test('a file is not written through a link of its own name', async () => {
  await unpack([member('x', 'symlink', { linkTarget: join(folder, 'outside', 'secret') }), member('x', 'file', {}, 'planted')])
  expect(readFileSync(join(root, 'x'), 'utf8')).toBe('planted')
  outsideIsUntouched()
})

test('a layer cannot steer overlay', async () => {
  await unpack([
    member('d', 'directory', {
      xattrs: new Map([
        ['trusted.overlay.redirect', Buffer.from('/etc')],
        ['user.overlay.opaque', Buffer.from('y')],
      ]),
    }),
  ])
  expect(lgetxattr(join(root, 'd'), 'trusted.overlay.redirect')).toBeNull()
  expect(lgetxattr(join(root, 'd'), 'user.overlay.opaque')).toBeNull()
})

test('attributes that no file can have are the fault of the layer', async () => {
  const wrong = { 'user.big': 'x'.repeat(70_000), [`user.${'n'.repeat(300)}`]: 'x', '': 'x' }
  for (const [name, value] of Object.entries(wrong)) {
    rmSync(join(root, 'f'), { force: true })
    await expect(unpack([member('f', 'file', { xattrs: new Map([[name, Buffer.from(value)]]) })])).rejects.toMatchObject({
      code: 'LayerInvalid',
      message: expect.stringContaining('extended attribute'),
    })
  }
})

test('other content, a cut archive and bombs are refused', async () => {
  const archive = await archiveOf([member('x', 'file', {}, 'x'.repeat(5000))])
  await expect(unpack(archive, { diffId: `sha256:${'0'.repeat(64)}` })).rejects.toMatchObject({ code: 'DigestMismatch' })
  await expect(unpack(archive.subarray(0, 3000))).rejects.toMatchObject({
    code: 'LayerInvalid',
    message: expect.stringContaining('cut short'),
  })
  rmSync(join(root, 'x'))
  await expect(
    unpack(archive, { compressedSize: 10, limits: { layerBytes: 1e9, ratio: 100, freeBytes: 2000 } }),
  ).rejects.toMatchObject({ code: 'LayerInvalid', message: expect.stringContaining('out of proportion') })
})

test('names that cannot be are refused', async () => {
  await expect(unpack([member('.wh.', 'file')])).rejects.toMatchObject({ code: 'LayerInvalid' })
  await expect(unpack([member('.wh...', 'file')])).rejects.toMatchObject({ code: 'LayerInvalid' })
  await expect(unpack([member(`${'d/'.repeat(2040)}x`, 'file')])).rejects.toMatchObject({ code: 'LayerInvalid' })
  await expect(unpack([member('f', 'file'), member('f/x', 'file')])).rejects.toMatchObject({ code: 'LayerInvalid' })
})

test.skipIf(!isRoot)('as root: owners, setuid, times, attributes, devices and whiteouts are kept', async () => {
  const time = 1_700_000_000_123_456_789n
  const { implied } = await unpack([
    member('d', 'directory', { mode: 0o2755, uid: 5, gid: 6, mtime: time }),
    member(
      'd/su',
      'file',
      { mode: 0o4755, uid: 7, gid: 8, mtime: time, xattrs: new Map([['user.x', Buffer.from([0, 1])]]) },
      'abc',
    ),
    member('d/plain', 'file', {}, 'p'),
    member('d/null', 'character', { deviceMajor: 1, deviceMinor: 3, mode: 0o666 }),
    member('d/fifo', 'fifo', { mode: 0o600 }),
    member('d/link', 'symlink', { linkTarget: 'su', uid: 9, mtime: time }),
    member('.wh.gone', 'file'),
    member('implied/.wh..wh..opq', 'file'),
    member('.wh..wh.plnk/1.2', 'file'),
  ])
  const su = lstatSync(join(root, 'd/su'), { bigint: true })
  expect([su.mode & 0o7777n, su.uid, su.gid, su.mtimeNs]).toEqual([0o4755n, 7n, 8n, time])
  expect(lgetxattr(join(root, 'd/su'), 'user.x')).toEqual(Buffer.from([0, 1]))
  const d = lstatSync(join(root, 'd'), { bigint: true })
  expect([d.mode & 0o7777n, d.uid, d.gid, d.mtimeNs]).toEqual([0o2755n, 5n, 6n, time])
  // Not inherited from the setgid folder.
  expect(lstatSync(join(root, 'd/plain')).gid).toBe(gid)
  expect(lstatSync(join(root, 'd/null')).rdev).toBe(0x103)
  expect(lstatSync(join(root, 'd/fifo')).isFIFO()).toBe(true)
  expect(lstatSync(join(root, 'd/link'), { bigint: true })).toMatchObject({ uid: 9n, mtimeNs: time })
  expect(lstatSync(join(root, 'gone'))).toMatchObject({ rdev: 0 })
  expect(lgetxattr(join(root, 'implied'), 'trusted.overlay.opaque')).toEqual(Buffer.from('y'))
  expect(existsSync(join(root, '.wh..wh.plnk'))).toBe(false)
  expect(implied).toEqual(['', 'implied'])
})

test.skipIf(!isRoot)('as root: what is removed and created again hides what is below', async () => {
  await unpack([
    member('.wh.a', 'file'),
    member('a', 'directory'),
    member('b', 'directory'),
    member('.wh.b', 'file'),
    member('.wh.c', 'file'),
    member('c/x', 'file'),
  ])
  expect(['a', 'b', 'c'].map((name) => lgetxattr(join(root, name), 'trusted.overlay.opaque')?.toString())).toEqual([
    'y',
    'y',
    'y',
  ])
})

test('devices are left out in a user namespace', async () => {
  await unpack([member('null', 'character', { deviceMajor: 1, deviceMinor: 3 }), member('x', 'file')], { rootless: true })
  expect(readdirSync(root)).toEqual(['x'])
})

test('unpacking can be cancelled', async () => {
  await expect(unpack([member('x', 'file')], { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'Cancelled' })
})

test('damaged archives end in a refusal by name or in files inside the layer, whatever was damaged', async () => {
  const archive = await archiveOf([
    member('d', 'directory'),
    member('d/x', 'file', { mtime: 5n }, 'x'.repeat(600)),
    member('link', 'symlink', { linkTarget: '../outside' }),
    member('hard', 'hardlink', { linkTarget: 'd/x' }),
    member(`long/${'n'.repeat(120)}`, 'file', { xattrs: new Map([['user.a', Buffer.from('b')]]) }, 'y'),
  ])
  let seed = 12345
  const random = (below: number): number => (seed = (seed * 1103515245 + 12345) % 2147483648) % below
  const codes = new Set<string>()
  for (let round = 0; round < 300; round++) {
    const damaged = Buffer.from(archive)
    for (let i = 0; i <= random(4); i++) damaged[random(damaged.length)] = random(256)
    // Repaired sums let the damage get past the first check.
    if (round % 2 === 0) repairChecksums(damaged)
    rmSync(root, { recursive: true })
    mkdirSync(root)
    const error = await unpack(damaged, { rootless: true }).catch((each: unknown) => each as { code?: string })
    if ('code' in error) codes.add(String(error.code))
  }
  expect([...codes].filter((code) => !['LayerInvalid', 'SubidMissing'].includes(code))).toEqual([])
  outsideIsUntouched()
})

function repairChecksums(archive: Buffer): void {
  for (let at = 0; at + 512 <= archive.length; at += 512) {
    const block = archive.subarray(at, at + 512)
    if (block.toString('latin1', 257, 262) !== 'ustar') continue
    block.fill(0x20, 148, 156)
    block.write(
      `${block
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    )
  }
}
