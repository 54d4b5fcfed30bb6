import { expect, test } from 'vitest'

import { resolveMounts } from './mounts.ts'

const store = { root: '/store' }

test("a bind mount gets podman's options", () => {
  expect(
    resolveMounts(store, { mounts: [{ destination: '/mnt/', source: '/tmp', type: 'bind', options: ['ro', 'z', 'rbind'] }] }, []),
  ).toEqual([{ kind: 'bind', source: '/tmp', destination: '/mnt', type: 'bind', options: ['ro', 'rprivate', 'rbind'] }])
})

test("a missing source is refused with podman's message", () => {
  expect(() => resolveMounts(store, { mounts: [{ destination: '/mnt', source: '/nonexistent', type: 'bind' }] }, [])).toThrow(
    'statfs /nonexistent: no such file or directory',
  )
})

test("volumes are named or not, and image volumes yield to the caller's mounts", () => {
  const found = resolveMounts(
    store,
    { volumes: [{ Name: 'data', Dest: '/data' }], mounts: [{ destination: '/cache', source: '/tmp', type: 'bind' }] },
    ['/cache', '/own'],
  )
  expect(found.map(({ destination, volume, anonymous }) => ({ destination, volume: anonymous ? 'anonymous' : volume }))).toEqual([
    { destination: '/data', volume: 'data' },
    { destination: '/cache', volume: undefined },
    { destination: '/own', volume: 'anonymous' },
  ])
  expect(found[0]).toMatchObject({ source: '/store/volumes/data/_data', options: ['rw', 'rprivate', 'nosuid', 'nodev', 'rbind'] })
})

test('names and places that could lead elsewhere are refused', () => {
  expect(() => resolveMounts(store, { volumes: [{ Name: '../x', Dest: '/data' }] }, [])).toThrow(/names must match/)
  expect(() => resolveMounts(store, { volumes: [{ Name: 'x', Dest: 'data' }] }, [])).toThrow(/must be an absolute path/)
  expect(() => resolveMounts(store, { volumes: [{ Name: 'x', Dest: '/a/..' }] }, [])).toThrow(/over the root/)
  expect(() =>
    resolveMounts(store, { volumes: [{ Name: 'x', Dest: '/a' }], mounts: [{ destination: '/a', type: 'tmpfs' }] }, []),
  ).toThrow('/a: duplicate mount destination')
})

test('what is asked for twice in the same words is one mount', () => {
  const [one, ...others] = resolveMounts(store, { volumes: [1, 2].map(() => ({ Name: 'x', Dest: '/a', Options: ['ro'] })) }, [])
  expect([one?.destination, others]).toEqual(['/a', []])
  const twice = [
    { Name: 'x', Dest: '/a' },
    { Name: 'x', Dest: '/a', Options: ['ro'] },
  ]
  expect(() => resolveMounts(store, { volumes: twice }, [])).toThrow('/a: duplicate mount destination')
})

test('a mount below another comes after it', () => {
  const found = resolveMounts(
    store,
    {
      mounts: [
        { destination: '/a/b', type: 'tmpfs' },
        { destination: '/a', type: 'tmpfs', options: ['size=1m'] },
      ],
    },
    [],
  )
  expect(found.map(({ destination }) => destination)).toEqual(['/a', '/a/b'])
  expect(found[0]?.options).toEqual(['rw', 'rprivate', 'nosuid', 'nodev', 'size=1m', 'tmpcopyup'])
})
