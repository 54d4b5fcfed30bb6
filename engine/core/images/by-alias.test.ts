import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { EngineError } from '../../errors/index.ts'
import { byAlias } from './by-alias.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-alias-'))
  writeFileSync(join(folder, 'registries.conf'), '[aliases]\n"al" = "example.com/a/b"\n')
  vi.stubEnv('CONTAINERS_REGISTRIES_CONF', join(folder, 'registries.conf'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

const missing = (name: string): EngineError => new EngineError('ImageNotFound', `${name}: image not known`, { details: { name } })

test('a name that is an alias is replaced wherever an operation has it', async () => {
  expect(await byAlias({ name: 'al:1', force: true }, missing('al:1'))).toEqual({ name: 'example.com/a/b:1', force: true })
  expect(await byAlias({ references: ['x', 'al'] }, missing('al'))).toEqual({ references: ['x', 'example.com/a/b:latest'] })
  expect(await byAlias({ body: { image: 'al', name: 'al' } }, missing('al'))).toEqual({
    body: { image: 'example.com/a/b:latest', name: 'al' },
  })
})

test('what is no alias stays not found', async () => {
  expect(await byAlias({ name: 'other' }, missing('other'))).toBeUndefined()
  expect(await byAlias({ name: 'example.com/al' }, missing('example.com/al'))).toBeUndefined()
  expect(await byAlias({ name: 'al' }, new EngineError('ImageInUse', '', { details: { name: 'al' } }))).toBeUndefined()
  writeFileSync(join(folder, 'registries.conf'), 'not toml')
  expect(await byAlias({ name: 'al' }, missing('al'))).toBeUndefined()
})
