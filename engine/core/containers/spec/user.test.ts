import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { fileTypes, mknod } from '../../../lib/sys/index.ts'
import { lookUpUser } from './user.ts'

let root: string

beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'berth-user-'))
  mkdirSync(path.join(root, 'etc'))
  writeFileSync(path.join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nweb:x:33:34:web:/srv/www:/bin/sh\n')
  writeFileSync(path.join(root, 'etc/group'), 'root:x:0:\nwww:x:34:\nextra:x:50:web,other\n')
})
afterAll(() => rmSync(root, { recursive: true }))

test('by name, with the groups it belongs to', () => {
  expect(lookUpUser(root, 'web')).toEqual({ uid: 33, gid: 34, groups: [50, 34], home: '/srv/www' })
  expect(lookUpUser(root, '')).toEqual({ uid: 0, gid: 0, groups: [], home: '/root' })
})

test('by number, listed or not, and with a group', () => {
  expect(lookUpUser(root, '33').home).toBe('/srv/www')
  expect(lookUpUser(root, '1234:99')).toEqual({ uid: 1234, gid: 99, groups: [99], home: '/' })
  expect(lookUpUser(root, 'web:extra')).toEqual({ uid: 33, gid: 50, groups: [50], home: '/srv/www' })
})

test('a group alone is that of root, and ids are those of podman', () => {
  expect(lookUpUser(root, ':50')).toMatchObject({ uid: 0, gid: 50, home: '/root' })
  for (const user of ['99999999999', '-1', '2147483648', 'web:-5'])
    expect(() => lookUpUser(root, user)).toThrow('uids and gids must be in range 0-2147483647')
})

test('names nobody has are refused as podman does', () => {
  expect(() => lookUpUser(root, 'nosuch')).toThrow('unable to find user nosuch: no matching entries in passwd file')
  expect(() => lookUpUser(root, 'web:nosuch')).toThrow('unable to find group nosuch: no matching entries in group file')
})

test.runIf(process.getuid?.() === 0)('a device is no matter to ids where it is closed, and refused elsewhere (as root)', () => {
  const hostile = mkdtempSync(path.join(tmpdir(), 'berth-user-'))
  try {
    mkdirSync(path.join(hostile, 'etc'))
    mknod(path.join(hostile, 'etc/passwd'), fileTypes.character | 0o666, 1, 5)
    expect(lookUpUser(hostile, '5:6', ['7'], { nodev: true })).toEqual({ uid: 5, gid: 6, groups: [7, 6], home: '/' })
    expect(() => lookUpUser(hostile, '5:6', ['7'])).toThrow('it is a character device')
    for (const user of ['', '5', '5:root', 'root'])
      expect(() => lookUpUser(hostile, user, [], { nodev: true })).toThrow('it is a character device')
  } finally {
    rmSync(hostile, { recursive: true })
  }
})

test('a folder in place of the files is refused for every user: the runtime reads both', () => {
  const hostile = mkdtempSync(path.join(tmpdir(), 'berth-user-'))
  try {
    mkdirSync(path.join(hostile, 'etc'))
    mkdirSync(path.join(hostile, 'etc/passwd'))
    for (const user of ['', 'root', '5', '5:5', 'web:www'])
      expect(() => lookUpUser(hostile, user)).toThrow('/etc/passwd in the container')
    rmSync(path.join(hostile, 'etc/passwd'), { recursive: true })
    mkdirSync(path.join(hostile, 'etc/group'))
    expect(() => lookUpUser(hostile, '5:5')).toThrow('/etc/group in the container')
  } finally {
    rmSync(hostile, { recursive: true })
  }
})
