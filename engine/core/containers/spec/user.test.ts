import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { lookUpUser, readInside } from './user.ts'

let root: string

beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'berth-user-'))
  mkdirSync(path.join(root, 'etc'))
  writeFileSync(path.join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nweb:x:33:34:web:/srv/www:/bin/sh\n')
  writeFileSync(path.join(root, 'etc/group'), 'root:x:0:\nwww:x:34:\nextra:x:50:web,other\n')
})
afterAll(() => rmSync(root, { recursive: true }))

test('by name, with the groups it belongs to', () => {
  expect(lookUpUser(root, 'web')).toEqual({ uid: 33, gid: 34, groups: [50], home: '/srv/www' })
  expect(lookUpUser(root, '')).toEqual({ uid: 0, gid: 0, groups: [], home: '/root' })
})

test('by number, listed or not, and with a group', () => {
  expect(lookUpUser(root, '33').home).toBe('/srv/www')
  expect(lookUpUser(root, '1234:99')).toEqual({ uid: 1234, gid: 99, groups: [], home: '/' })
  expect(lookUpUser(root, 'web:extra')).toEqual({ uid: 33, gid: 50, groups: [], home: '/srv/www' })
})

test('names nobody has are refused as podman does', () => {
  expect(() => lookUpUser(root, 'nosuch')).toThrow('unable to find user nosuch: no matching entries in passwd file')
  expect(() => lookUpUser(root, 'web:nosuch')).toThrow('unable to find group nosuch: no matching entries in group file')
})

test('a link in the image cannot lead out of it', () => {
  symlinkSync('/etc/hostname', path.join(root, 'etc/outside'))
  symlinkSync('../../../../../../etc/hostname', path.join(root, 'etc/above'))
  expect(readInside(root, 'etc/outside')).toBe('')
  expect(readInside(root, 'etc/above')).toBe('')
})
