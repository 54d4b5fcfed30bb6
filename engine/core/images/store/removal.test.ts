import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { type FakeRegistry, startFakeRegistry } from '../../../registry/fake/fake-registry.ts'
import { type LocalEngine, openEngine } from '../../index.ts'
import { withSharedLock } from './image-store.ts'

let registry: FakeRegistry
let root: string
let local: LocalEngine
beforeEach(async () => {
  registry = await startFakeRegistry()
  root = mkdtempSync(join(tmpdir(), 'berth-removal-'))
  local = openEngine({ root: join(root, 'store'), runRoot: join(root, 'run') })
})
afterEach(async () => {
  await local.close()
  await registry.close()
  rmSync(root, { recursive: true })
})

async function pulled(): Promise<string> {
  const { id } = await registry.addImage('a/b', 'v1', [{ x: '1' }, { y: '2' }])
  const input = { reference: `${registry.name}/a/b:v1`, tlsVerify: false, retry: 1 }
  for await (const _ of await local.engine['image.pull'](input));
  return id
}

const layers = (): string[] => readdirSync(join(root, 'store/layers'))

describe.skipIf(process.getuid?.() !== 0)('needs root, for owners', () => {
  test('an image removed while others read or add some is freed by the last of them', async () => {
    const id = await pulled()
    expect(layers()).toHaveLength(2)
    const ends = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const readers = ends.map(({ promise }) => withSharedLock(local.context, () => promise))
    expect(await local.engine['image.remove']({ name: id })).toMatchObject({ Deleted: [id] })
    expect(layers()).toHaveLength(2)
    ends[0]?.resolve()
    await readers[0]
    expect(layers()).toHaveLength(2)
    ends[1]?.resolve()
    await readers[1]
    expect(layers()).toEqual([])
    expect(readdirSync(join(root, 'store/blobs/sha256'))).toEqual([])
    expect(existsSync(join(root, 'run/removal-due'))).toBe(false)
  })

  test('what is needed by then is kept by the last of them', async () => {
    const id = await pulled()
    const end = Promise.withResolvers<void>()
    const reader = withSharedLock(local.context, () => end.promise)
    await local.engine['image.remove']({ name: id })
    await pulled()
    end.resolve()
    await reader
    expect(layers()).toHaveLength(2)
  })

  test('a pull leaves no lock file of its layers behind', async () => {
    await pulled()
    expect(readdirSync(join(root, 'run/locks')).filter((name) => name.startsWith('image-'))).toEqual([])
  })
})
