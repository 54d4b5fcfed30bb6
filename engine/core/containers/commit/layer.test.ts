import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { fileTypes, lsetxattr, mknod } from '../../../lib/sys/index.ts'
import type { ContainerRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { layerMembers } from './layer.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-layer-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const at = (name: string) => path.join(folder, name)
const record = { id: 'ab', config: {} } as ContainerRecord

async function membersOf(changes: { only?: ReadonlySet<string>; removed?: string[] } = {}) {
  const layers = { snapshotChanges: async () => ({ root: folder, removed: [], ...changes }) }
  const context = { layers: async () => layers } as unknown as Context
  const found = []
  for await (const { header } of layerMembers(context, record, false)) found.push(header)
  return found
}

test('removals are marked as layers have them, and what no layer can hold is left out', async () => {
  for (const name of ['a', 'opaque', 'opaque/inner']) mkdirSync(at(name))
  writeFileSync(at('a/file'), 'x')
  linkSync(at('a/file'), at('hard'))
  symlinkSync('a', at('link'))
  mknod(at('a/gone'), fileTypes.character, 0, 0)
  lsetxattr(at('opaque'), 'user.overlay.opaque', 'y')
  // It would remove a name below.
  writeFileSync(at('a/.wh.trick'), '')
  const socket = createServer()
  await new Promise<void>((resolve) => socket.listen(at('socket'), resolve))
  const members = await membersOf()
  socket.close()
  expect(members.map(({ path: name, type }) => `${name} ${type}`)).toEqual([
    'a directory',
    'a/file file',
    'a/.wh.gone file',
    'hard hardlink',
    'link symlink',
    'opaque directory',
    'opaque/.wh..wh..opq file',
    'opaque/inner directory',
  ])
})

test('attributes of images are carried, and those of the host are not', async () => {
  writeFileSync(at('file'), 'x')
  mkdirSync(at('opaque'))
  lsetxattr(at('file'), 'user.own', 'v')
  lsetxattr(at('opaque'), 'user.overlay.opaque', 'y')
  const [file, opaque] = await membersOf()
  expect([...(file?.xattrs ?? [])].map(([name, value]) => `${name}=${Buffer.from(value).toString()}`)).toEqual(['user.own=v'])
  expect(opaque?.xattrs).toBeUndefined()
})

test('of a whole file system only what changed is in the layer, with the names that were removed', async () => {
  mkdirSync(at('a'))
  for (const name of ['a/new', 'a/old', 'same']) writeFileSync(at(name), '')
  const members = await membersOf({ only: new Set(['a', 'a/new']), removed: ['a/gone', 'top'] })
  expect(members.map(({ path: name }) => name)).toEqual(['a', 'a/new', 'a/.wh.gone', '.wh.top'])
})
