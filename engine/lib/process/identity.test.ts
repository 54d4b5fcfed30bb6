import { expect, test } from 'vitest'
import { identity, isInitialIdMap, outsideId, parseIdMap } from './identity.ts'

const passwd = 'root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/bash\n'
const initial = '         0          0 4294967295\n'
const mapped = '         0       1000          1\n         1     100000      65536\n'

test('root of the host', () => {
  expect(identity({ uid: 0, gid: 0, uidMap: initial, gidMap: initial, passwd, environment: { HOME: '/root' } })).toMatchObject({
    rootless: false,
    inUserNamespace: false,
    realUid: 0,
    userName: 'root',
    home: '/root',
  })
})

test('an ordinary user outside a namespace', () => {
  expect(identity({ uid: 1000, gid: 1000, uidMap: initial, gidMap: initial, passwd, environment: {} })).toMatchObject({
    rootless: true,
    inUserNamespace: false,
    realUid: 1000,
    userName: 'alice',
    home: '/home/alice',
  })
})

test('0 inside the own namespace is still the ordinary user, whatever the environment says', () => {
  expect(identity({ uid: 0, gid: 0, uidMap: mapped, gidMap: mapped, passwd, environment: { USER: 'root' } })).toMatchObject({
    rootless: true,
    inUserNamespace: true,
    uid: 0,
    realUid: 1000,
    realGid: 1000,
    userName: 'alice',
  })
})

test('a user unknown to /etc/passwd is named by the environment, else by number', () => {
  const sources = { uid: 70000, gid: 70000, uidMap: initial, gidMap: initial, passwd }
  expect(identity({ ...sources, environment: { USER: 'ldap', HOME: '/h/ldap' } })).toMatchObject({
    userName: 'ldap',
    home: '/h/ldap',
  })
  expect(identity({ ...sources, environment: { HOME: 'relative' } })).toMatchObject({ userName: '70000', home: '/' })
})

test('ids outside a map', () => {
  const ranges = parseIdMap(mapped)
  expect([0, 1, 65536, 65537].map((id) => outsideId(ranges, id))).toEqual([1000, 100000, 165535, undefined])
  expect(isInitialIdMap(ranges)).toBe(false)
  expect(isInitialIdMap(parseIdMap(initial))).toBe(true)
})
