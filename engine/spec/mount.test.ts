import { expect, test } from 'vitest'

import { checkSource, formatVolume, parseTmpfs, parseVolume } from './mount.ts'
import { parseMount } from './mount-keys.ts'

const here = (path: string) => (path.startsWith('/') ? path : `/here/${path}`)
const bind = (source: string, destination: string, ...options: string[]) => ({
  mounts: [{ type: 'bind', source, destination, options }],
})

// As `podman create` 5.4.2 takes them.
test.each([
  ['/d:/x', bind('/d', '/x', 'rbind')],
  ['/d:/x:ro,z', bind('/d', '/x', 'rbind', 'ro', 'z')],
  ['/d:/x:bind', bind('/d', '/x', 'bind')],
  ['./d:/x', bind('/here/./d', '/x', 'rbind')],
  ['/d:/x:O,U', { overlay_volumes: [{ source: '/d', destination: '/x', options: ['O', 'U'] }] }],
  [
    '/d:/x:O,upperdir=u,workdir=/w',
    { overlay_volumes: [{ source: '/d', destination: '/x', options: ['O', 'upperdir=/here/u', 'workdir=/w'] }] },
  ],
  ['vol:/x', { volumes: [{ Name: 'vol', Dest: '/x', Options: [] }] }],
  ['vol:/x:ro', { volumes: [{ Name: 'vol', Dest: '/x', Options: ['ro'] }] }],
  ['/x', { volumes: [{ Name: '', Dest: '/x' }] }],
])('-v %s', (text, mounts) => expect(parseVolume(text, here)).toEqual(mounts))

test.each([
  ['/d:/x:ro:rw', '/d:/x:ro:rw: incorrect volume format, should be [host-dir:]ctr-dir[:option]'],
  ['', 'container directory cannot be empty'],
  ['/d:', 'container directory cannot be empty'],
  [':', 'host directory cannot be empty'],
  [':/x', 'host directory cannot be empty'],
  ['x', 'invalid container path "x", must be an absolute path'],
  ['vol:x', 'invalid container path "x", must be an absolute path'],
  ['/x:ro', 'invalid container path "ro", must be an absolute path'],
  ['/d:/x:', 'invalid option type ""'],
])('-v %s is refused with podman’s message', (text, message) => {
  expect(() => parseVolume(text, here)).toThrow(expect.objectContaining({ code: 'InvalidArgument', message }))
})

test.each([
  ['type=bind,src=/d,dst=/x', bind('/d', '/x', 'rbind')],
  ['type=bind,source=d,target=/x,ro,bind-propagation=shared', bind('/here/d', '/x', 'rbind', 'ro', 'shared')],
  ['type=bind,"src=/a,b",dst=/x,bind-nonrecursive', bind('/a,b', '/x', 'bind')],
  ['type=volume,dst=/x', { volumes: [{ Name: '', Dest: '/x', Options: [] }] }],
  ['src=v,dst=/x,subpath=a/b', { volumes: [{ Name: 'v', Dest: '/x', Options: [], SubPath: 'a/b' }] }],
  ['type=tmpfs,dst=/x,tmpfs-size=1m', { mounts: [{ type: 'tmpfs', source: 'tmpfs', destination: '/x', options: ['size=1m'] }] }],
])('--mount %s', (text, mounts) => expect(parseMount(text, here)).toEqual(mounts))

test.each([
  ['type=foo,dst=/x', 'invalid filesystem type "foo"'],
  ['type=constructor,dst=/x', 'invalid filesystem type "constructor"'],
  ['type=bind,src=/d', 'must set volume destination'],
  ['type=bind,src=/d,dst=y', 'invalid container path "y", must be an absolute path'],
  ['type=tmpfs,src=a,dst=/x', '"source" option not supported for "tmpfs" mount types'],
  ['type=bind,src=/d,dst=/x,bogus', 'invalid mount option "bogus"'],
  ['type=bind,src=/d,dst=/x,ro=maybe', 'invalid value of "ro"'],
])('--mount %s is refused', (text, words) => expect(() => parseMount(text, here)).toThrow(words))

test('file systems in memory', () => {
  const tmpfs = (options: string[]) => ({ mounts: [{ type: 'tmpfs', source: 'tmpfs', destination: '/t', options }] })
  expect(parseTmpfs('/t')).toEqual(tmpfs([]))
  expect(parseTmpfs('/t:size=10%,mode=700')).toEqual(tmpfs(['size=10%', 'mode=700']))
  expect(() => parseTmpfs('t')).toThrow('invalid container path "t", must be an absolute path')
  expect(() => parseTmpfs('')).toThrow('container directory cannot be empty')
  expect(() => parseTmpfs('/t:ro:x')).toThrow('incorrect tmpfs format')
})

test('what is written is read again', () => {
  expect(parseVolume(formatVolume('/d', '/x', []), here)).toEqual(bind('/d', '/x', 'rbind'))
  expect(parseVolume(formatVolume('v', '/x', ['ro', 'U']), here)).toEqual({
    volumes: [{ Name: 'v', Dest: '/x', Options: ['ro', 'U'] }],
  })
})

test('a source without a current folder is absolute', () => {
  expect(checkSource('/d')).toBe('/d')
  expect(() => checkSource('./d')).toThrow('must be an absolute path')
})
