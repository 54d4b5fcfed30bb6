import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { type LocalEngine, openEngine } from '../index.ts'

let folder: string
let local: LocalEngine

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'))
  mkdirSync(join(folder, 'registries.d'))
  for (const [name, file] of [
    ['CONTAINERS_CONF', 'containers.conf'],
    ['CONTAINERS_REGISTRIES_CONF', 'registries.conf'],
    ['CONTAINERS_REGISTRIES_CONF_DIR', 'registries.d'],
  ] as const)
    vi.stubEnv(name, join(folder, file))
  local = openEngine({ root: join(folder, 'store'), runRoot: join(folder, 'run') })
})

afterEach(async () => {
  await local.close()
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

test('the files, what they set, and in which order registries are searched; of variables only the names', async () => {
  writeFileSync(
    join(folder, 'containers.conf'),
    '[containers]\npids_limit = 77\nenv = ["TOKEN=secret-word", "A=b"]\n[network]\ndefault_subnet_pools = [{base = "10.9.0.0/16", size = 24}]\n[secrets.opts]\nlookup = "cat secret-word"\n',
  )
  writeFileSync(join(folder, 'registries.conf'), 'unqualified-search-registries = ["a.example", "b.example"]\n')
  writeFileSync(join(folder, 'registries.d/10-more.conf'), 'short-name-mode = "enforcing"\n')
  const found = await local.engine['system.config']({})
  expect(found.Settings).toEqual([
    { Name: 'containers.env', Value: 'TOKEN A' },
    { Name: 'containers.pids_limit', Value: '77' },
    { Name: 'network.default_subnet_pools', Value: '{"base":"10.9.0.0/16","size":24}' },
    { Name: 'secrets.opts', Value: 'lookup' },
  ])
  expect(JSON.stringify(found)).not.toContain('secret-word')
  expect([found.Search, found.ShortNameMode]).toEqual([['a.example', 'b.example'], 'enforcing'])
  const named = (name: string) => found.Files.filter(({ Name }) => Name === name)
  expect(named('containers.conf')).toEqual([
    { Name: 'containers.conf', Path: join(folder, 'containers.conf'), Exists: true, Used: true },
  ])
  expect(named('registries.conf').map(({ Path }) => Path)).toEqual([
    join(folder, 'registries.conf'),
    join(folder, 'registries.d/10-more.conf'),
  ])
  expect(named('policy.json').filter(({ Used }) => Used).length).toBeLessThanOrEqual(1)
})

test('a file that cannot be understood says why, and hides nothing else', async () => {
  writeFileSync(join(folder, 'containers.conf'), 'what is this')
  writeFileSync(join(folder, 'registries.conf'), 'unqualified-search-registries = ["a.example"]\n')
  const found = await local.engine['system.config']({})
  expect(found.Files[0]!.Error).toMatch(/containers\.conf is not valid TOML/)
  expect([found.Settings, found.Search]).toEqual([[], ['a.example']])
})
