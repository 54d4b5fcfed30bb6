import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { readTar, type TarHeader, type TarInput, writeTar } from '../tar/index.ts'
import { lookUp, placeMembers, type TreeView, writeTree } from './index.ts'

// A container's tree beside a folder of the host that nothing may reach.

let folder: string
let root: string
let outside: string
let opened: number[]
let view: TreeView

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-tree-'))
  root = join(folder, 'root')
  outside = join(folder, 'outside')
  mkdirSync(join(root, 'etc'), { recursive: true })
  mkdirSync(outside)
  writeFileSync(join(outside, 'secret'), 'secret')
  opened = []
  view = { root: open(root), over: new Map() }
})
afterEach(() => {
  for (const fd of opened) closeSync(fd)
  rmSync(folder, { recursive: true })
})

function open(path: string): number {
  const fd = openSync(path, 'r')
  opened.push(fd)
  return fd
}

const own = { uid: process.getuid!(), gid: process.getgid!() }
const member = (path: string, type: TarHeader['type'], more: Partial<TarHeader> = {}): TarHeader => ({
  path,
  type,
  mode: type === 'directory' ? 0o755 : 0o644,
  ...own,
  size: 0,
  mtime: 1_700_000_000_000_000_000n,
  ...more,
})
const file = (path: string, text: string): TarInput => ({
  header: member(path, 'file', { size: Buffer.byteLength(text) }),
  body: [Buffer.from(text)],
})
const write = (members: TarInput[], more: Partial<Parameters<typeof writeTree>[3]> = {}, base = '/') =>
  writeTree(view, base, writeTar(members), { replaceFolders: true, devices: false, owner: own, ...more })
const found = (path: string, options?: { follow: boolean }) => {
  const place = lookUp(view, path, options)
  place.close()
  return place
}
const names = async (path: string, name: string, over = new Map<string, number>()) => {
  const place = lookUp(view, path)
  const all: string[] = []
  try {
    for await (const { header, body } of readTar(writeTar(placeMembers(place, name, { over })))) {
      let text = ''
      for await (const piece of body) text += Buffer.from(piece).toString()
      all.push(text === '' ? header.path : `${header.path}=${text}`)
    }
  } finally {
    place.close()
  }
  return all
}

test('links and .. are found as in a chroot', () => {
  writeFileSync(join(root, 'etc/passwd'), 'x')
  symlinkSync('/etc', join(root, 'absolute'))
  symlinkSync('../../../../etc', join(root, 'etc/up'))
  expect(found('/absolute/passwd').path).toBe('/etc/passwd')
  expect(found('/etc/up/up/../etc/passwd').path).toBe('/etc/passwd')
  expect(found('/../../..').path).toBe('/')
  expect(found('/absolute', { follow: false }).found?.isSymbolicLink()).toBe(true)
  expect(found('/etc/none').found).toBeUndefined()
  expect(() => found('/none/none')).toThrow(expect.objectContaining({ code: 'ENOENT' }))
  expect(() => found('/etc/passwd/x')).toThrow(expect.objectContaining({ code: 'ENOTDIR' }))
})

test('links that lead out lead nowhere, and those in circles end', () => {
  symlinkSync(outside, join(root, 'out'))
  symlinkSync('b', join(root, 'a'))
  symlinkSync('a', join(root, 'b'))
  symlinkSync('/proc/self/root', join(root, 'magic'))
  expect(() => found('/out/secret')).toThrow(expect.objectContaining({ code: 'ENOENT' }))
  expect(() => found('/magic/etc')).toThrow(expect.objectContaining({ code: 'ENOENT' }))
  expect(() => found('/a')).toThrow(expect.objectContaining({ code: 'ELOOP' }))
  // Each link doubles the way: sixteen of them would be a million names.
  symlinkSync('.', join(root, 'l0'))
  for (let i = 1; i <= 20; i++) symlinkSync(`l${i - 1}/l${i - 1}`, join(root, `l${i}`))
  expect(() => found('/l20/etc')).toThrow(expect.objectContaining({ code: 'ELOOP' }))
})

test('what lies over a name is found there, also through links', async () => {
  const volume = join(folder, 'volume')
  mkdirSync(volume)
  writeFileSync(join(volume, 'data'), 'in the volume')
  writeFileSync(join(folder, 'hosts'), 'hosts')
  symlinkSync('/srv', join(root, 'link'))
  symlinkSync('/etc', join(volume, 'back'))
  view = {
    ...view,
    over: new Map([
      ['/srv', open(volume)],
      ['/etc/hosts', open(join(folder, 'hosts'))],
    ]),
  }
  expect(found('/link/data').path).toBe('/srv/data')
  expect(found('/link/back/hosts').found?.size).toBe(5n)
  expect(found('/srv/..').path).toBe('/')
  expect(await names('/srv', 'srv')).toEqual(['srv', 'srv/back', 'srv/data=in the volume'])
  expect(await names('/etc', 'etc', new Map([['etc/hosts', opened.at(-1)!]]))).toEqual(['etc', 'etc/hosts=hosts'])
  await write([file('link/new', 'new'), file('etc/hosts', 'changed')])
  expect(readFileSync(join(volume, 'new'), 'utf8')).toBe('new')
  expect(readFileSync(join(folder, 'hosts'), 'utf8')).toBe('changed')
})

test('members are named after the place, without a name only what is in it', async () => {
  writeFileSync(join(root, 'etc/a'), '1')
  expect(await names('/etc', 'x')).toEqual(['x', 'x/a=1'])
  expect(await names('/etc', '')).toEqual(['a=1'])
  expect(await names('/', '/')).toEqual(['/', '/etc', '/etc/a=1'])
})

test('hostile members change nothing outside', async () => {
  symlinkSync(outside, join(root, 'out'))
  await expect(write([file('out/new', 'x')])).rejects.toMatchObject({ code: 'InvalidArgument' })
  await write([
    { header: member('evil', 'symlink', { linkTarget: `${outside}/secret` }) },
    file('evil', 'replaced'),
    { header: member('up', 'symlink', { linkTarget: '../../outside' }) },
  ])
  // A link to where a folder can be made, inside.
  await write([file('up/secret', 'inside')])
  expect(readFileSync(join(root, 'outside/secret'), 'utf8')).toBe('inside')
  expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('secret')
  expect(lstatSync(join(root, 'evil')).isFile()).toBe(true)
  for (const path of ['../outside/secret', 'a/../../outside/secret'])
    await expect(write([file(path, 'x')])).rejects.toMatchObject({ code: 'ArchiveInvalid' })
  await expect(write([{ header: member('hard', 'hardlink', { linkTarget: 'out/secret' }) }])).rejects.toMatchObject({
    code: 'ArchiveInvalid',
  })
  expect(existsSync(join(root, 'hard'))).toBe(false)
  expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('secret')
})

test('a folder that is removed for a file takes nothing along that a link in it names', async () => {
  mkdirSync(join(root, 'old/deep'), { recursive: true })
  symlinkSync(outside, join(root, 'old/deep/link'))
  await expect(write([file('old', 'x')], { replaceFolders: false })).rejects.toMatchObject({ code: 'InvalidArgument' })
  await write([file('old', 'x')])
  expect(lstatSync(join(root, 'old')).isFile()).toBe(true)
  expect(existsSync(join(outside, 'secret'))).toBe(true)
  await expect(write([{ header: member('old', 'directory') }], { replaceFolders: false })).rejects.toMatchObject({
    code: 'InvalidArgument',
    message: 'cannot overwrite non-directory "old" with directory',
  })
  await expect(write([file('old/below', 'x')])).rejects.toMatchObject({ code: 'InvalidArgument' })
})

test('modes, times, links and other names are kept', async () => {
  await write(
    [
      { header: member('dir', 'directory', { mode: 0o700 }) },
      { header: member('dir/file', 'file', { mode: 0o4755, size: 1 }), body: [Buffer.from('x')] },
      { header: member('dir/same', 'hardlink', { linkTarget: 'dir/file' }) },
      { header: member('dir/link', 'symlink', { linkTarget: 'file' }) },
      { header: member('dir/pipe', 'fifo') },
      { header: member('dir/null', 'character', { deviceMajor: 1, deviceMinor: 3 }) },
    ],
    { rename: new Map([['dir', 'new']]) },
    '/etc',
  )
  const made = join(root, 'etc/new')
  expect(statSync(made)).toMatchObject({ mode: 0o40700, mtimeMs: 1_700_000_000_000 })
  expect(statSync(join(made, 'file'))).toMatchObject({ mode: 0o104755, nlink: 2, mtimeMs: 1_700_000_000_000 })
  expect(readlinkSync(join(made, 'link'))).toBe('file')
  expect(statSync(join(made, 'pipe')).isFIFO()).toBe(true)
  expect(existsSync(join(made, 'null'))).toBe(false)
})

test('a folder that becomes a link while it is written to is not followed', async () => {
  mkdirSync(join(root, 'dir'))
  async function* members(): AsyncGenerator<TarInput> {
    yield file('dir/one', '1')
    // A pause, in which what was read is written.
    await new Promise((resolve) => setTimeout(resolve, 20))
    renameSync(join(root, 'dir'), join(root, 'moved'))
    symlinkSync(outside, join(root, 'dir'))
    yield file('dir/secret', 'changed')
    yield { header: member('other', 'directory') }
    yield file('dir/secret', 'changed')
  }
  await expect(
    writeTree(view, '/', writeTar(members()), { replaceFolders: true, devices: false, owner: own }),
  ).rejects.toMatchObject({ code: 'InvalidArgument' })
  expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('secret')
})
