import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect, test } from 'vitest'

import { resolveMounts } from './mounts.ts'
import { idmapOf } from './mount-ids.ts'

const store = { root: '/store' }
const volume = {
  kind: 'volume' as const,
  source: '/store/volumes/data/_data',
  type: 'bind',
  options: ['rw', 'rprivate'],
  volume: 'data',
}
const image = { kind: 'image' as const, source: 'busybox', image: 'a'.repeat(64), type: 'bind', options: ['ro'] }

test("what the request mounts wins over other containers' mounts, and the image's volumes yield to both", () => {
  const others = {
    images: [{ ...image, destination: '/i/' }],
    inherited: [
      { ...volume, destination: '/own' },
      { ...volume, destination: '/theirs' },
    ],
  }
  const found = resolveMounts(
    store,
    { mounts: [{ type: 'tmpfs', destination: '/own' }] },
    ['/theirs', '/more'],
    [],
    { selinux: false },
    { others },
  )
  expect(found.map(({ destination, kind, volume: name }) => [destination, kind, name?.length === 64 ? 'new' : name])).toEqual([
    ['/own', 'tmpfs', undefined],
    ['/i', 'image', undefined],
    ['/theirs', 'volume', 'data'],
    ['/more', 'volume', 'new'],
  ])
  expect(() =>
    resolveMounts(store, { mounts: [{ type: 'tmpfs', destination: '/i' }] }, [], [], { selinux: false }, { others }),
  ).toThrow('/i: duplicate mount destination')
})

test("ids of a mount are the container's, or those that it lists", () => {
  const ids = { uids: [{ container_id: 0, host_id: 5000, size: 100 }], gids: [{ container_id: 0, host_id: 6000, size: 100 }] }
  expect(idmapOf(['ro'], ids)).toEqual({})
  expect(idmapOf(['idmap'], undefined)).toEqual({})
  expect(idmapOf(['idmap'], ids)).toEqual({ idmap: ids })
  expect(idmapOf(['idmap=uids=@0-1-10;gids=3-4-5'], ids)).toEqual({
    idmap: { uids: [{ container_id: 0, host_id: 5001, size: 10 }], gids: [{ container_id: 3, host_id: 4, size: 5 }] },
  })
  expect(() => idmapOf(['idmap=uids=@0-100-1'], ids)).toThrow('The id 100 of the mount option')
  expect(() => idmapOf(['idmap=uids=0-0-2#1-5-1'], ids)).toThrow('conflicts with other mappings')
})

test('a symbolic link itself is mounted by crun alone', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'berth-link-'))
  try {
    const source = path.join(folder, 'link')
    symlinkSync('.', source)
    const spec = { mounts: [{ type: 'bind', source, destination: '/m', options: ['no-dereference', 'rbind'] }] }
    const resolve = (runtime: string) => resolveMounts(store, spec, [], [], { selinux: false }, { runtime })
    // As podman's.
    expect(resolve('crun')[0]!.options).toEqual(['copy-symlink', 'rw', 'rprivate', 'rbind'])
    expect(() => resolve('runc')).toThrow('only crun copies')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
