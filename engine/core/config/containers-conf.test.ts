import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import type { Identity } from '../../lib/process/identity.ts'
import { containersConfFiles, readContainersConf } from './containers-conf.ts'

const who: Identity = {
  uid: 0,
  gid: 0,
  realUid: 1000,
  realGid: 1000,
  rootless: true,
  inUserNamespace: true,
  userName: 'alice',
  home: '/home/alice',
}
let folder: string
const file = (name: string) => path.join(folder, name)

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-conf-'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

test("files are looked for where podman does, the user's last", () => {
  expect(containersConfFiles(who, {}).slice(0, 2)).toEqual([
    '/usr/share/containers/containers.conf',
    '/etc/containers/containers.conf',
  ])
  expect(containersConfFiles(who, {})).toContain('/home/alice/.config/containers/containers.conf')
  expect(containersConfFiles({ ...who, rootless: false }, {})).not.toContain('/home/alice/.config/containers/containers.conf')
  expect(containersConfFiles(who, { CONTAINERS_CONF: '/a', CONTAINERS_CONF_OVERRIDE: '/b' })).toEqual(['/a', '/b'])
})

test('a later file wins key by key, and a change is noticed in spite of the cache', async () => {
  writeFileSync(file('one'), '[containers]\npids_limit = 10\nenv = ["A=1"]\n[engine]\nruntime = "crun"\n')
  writeFileSync(file('two'), '[containers]\npids_limit = 20\n')
  vi.stubEnv('CONTAINERS_CONF', file('one'))
  vi.stubEnv('CONTAINERS_CONF_OVERRIDE', file('two'))
  const read = () => readContainersConf(who, file('cache'))
  expect(await read()).toEqual({ containers: { pidsLimit: 20, env: ['A=1'] }, engine: { runtime: 'crun' }, network: {} })
  expect(JSON.parse(readFileSync(file('cache'), 'utf8'))).toHaveProperty('conf.containers.pidsLimit', 20)
  writeFileSync(file('two'), '[containers]\npids_limit = 300\n')
  expect((await read()).containers.pidsLimit).toBe(300)
})

test('a file that is not TOML, or sets a key to another type, is named', async () => {
  vi.stubEnv('CONTAINERS_CONF', file('bad'))
  writeFileSync(file('bad'), '[containers\n')
  await expect(readContainersConf(who)).rejects.toThrow(/bad is not valid TOML/)
  writeFileSync(file('bad'), '[containers]\nenv = "A=1"\n')
  await expect(readContainersConf(who)).rejects.toThrow(/containers\.env in .*bad is not a list/)
})
