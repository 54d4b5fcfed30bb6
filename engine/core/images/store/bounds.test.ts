import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { type FakeRegistry, startFakeRegistry } from '../../../registry/fake/fake-registry.ts'
import { type LocalEngine, openEngine } from '../../index.ts'

let registry: FakeRegistry
let root: string
let local: LocalEngine
beforeEach(async () => {
  registry = await startFakeRegistry()
  root = mkdtempSync(join(tmpdir(), 'berth-bounds-'))
  local = openEngine({ root: join(root, 'store'), runRoot: join(root, 'run') })
})
afterEach(async () => {
  await local.close()
  await registry.close()
  rmSync(root, { recursive: true })
})

async function pull(name: string): Promise<void> {
  const input = { reference: `${registry.name}/${name}`, tlsVerify: false, retry: 0, retryDelay: '1ms' }
  for await (const _ of await local.engine['image.pull'](input));
}

/** What is beyond a bound is refused by name, and leaves nothing. */
async function refused(name: string, code: string, text: RegExp): Promise<void> {
  await expect(pull(name)).rejects.toMatchObject({ code, message: expect.stringMatching(text) })
  expect(await local.engine['image.list']({})).toEqual([])
  for (const folder of ['layers', 'l', 'staging', 'blobs/sha256', 'blobs/partial'])
    expect({ folder, holds: existing(join(root, 'store', folder)) }).toEqual({ folder, holds: [] })
}

const existing = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : [])
const large = 'x'.repeat(4 * 1024 * 1024)

describe.skipIf(process.getuid?.() !== 0)('needs root, for owners and whiteouts', () => {
  test('a manifest of more than 4 MiB', async () => {
    await registry.addImage('a/b', 'v1', [{ x: '1' }], {
      alter: (manifest) => Object.assign(manifest, { annotations: { large } }),
    })
    await refused('a/b:v1', 'RegistryProtocol', /4194304|4 MiB|larger/)
  })

  test('a configuration of more than 4 MiB', async () => {
    await registry.addImage('a/b', 'v1', [{ x: '1' }], { config: { Labels: { large } } })
    await refused('a/b:v1', 'ManifestInvalid', /config.* 4 MiB/)
  })

  test('more than 128 layers, and no less', async () => {
    const layers = Array.from({ length: 129 }, (_, i) => ({ [`f${i}`]: '' }))
    await registry.addImage('a/b', 'v1', layers)
    await refused('a/b:v1', 'ManifestInvalid', /129 layers, more than the 128/)
    await registry.addImage('a/b', 'v2', layers.slice(1))
    await pull('a/b:v2')
    expect(await local.engine['image.list']({})).toHaveLength(1)
  })

  test('a path of more than 4,096 bytes', async () => {
    await registry.addImage('a/b', 'v1', [{ [`${'d/'.repeat(2048)}x`]: '1' }])
    await refused('a/b:v1', 'LayerInvalid', /longer than 4096|path that is too long/)
  })

  test('a header of more than 64 KiB', async () => {
    await registry.addImage('a/b', 'v1', [{ x: '1' }])
    registry.faultHook = (_request, response) => {
      response.setHeader('x-large', 'x'.repeat(70 * 1024))
    }
    await refused('a/b:v1', 'RegistryProtocol', /header/i)
  })
})
