import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import type { Identity } from '../../lib/process/identity.ts'
import { confKeys } from './conf-keys.ts'
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
  expect(containersConfFiles({ home: '/root' }, {})).toContain('/root/.config/containers/containers.conf')
  expect(containersConfFiles(who, { CONTAINERS_CONF: '/a', CONTAINERS_CONF_OVERRIDE: '/b' })).toEqual(['/a', '/b'])
})

test('a later file wins key by key, and a change is noticed in spite of the cache', async () => {
  writeFileSync(file('one'), '[containers]\npids_limit = 10\nenv = ["A=1"]\n[engine]\nruntime = "crun"\n')
  writeFileSync(file('two'), '[containers]\npids_limit = 20\n')
  vi.stubEnv('CONTAINERS_CONF', file('one'))
  vi.stubEnv('CONTAINERS_CONF_OVERRIDE', file('two'))
  const read = () => readContainersConf(who, { cacheFile: file('cache') })
  expect(await read()).toEqual({
    containers: { pidsLimit: 20, env: ['A=1'] },
    engine: { runtime: 'crun' },
    network: {},
    secrets: {},
  })
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

test('a list is added to for as long as a file says so', async () => {
  const texts = ['env=["1=true"]', 'env=["2=true"]', 'env=["3=true", {append=true}]', 'env=["4=true"]']
  const read = async (...files: string[]) => {
    files.forEach((each, index) => writeFileSync(file(`m${index}`), `[containers]\n${each}\n`))
    vi.stubEnv('CONTAINERS_CONF', file('m0'))
    return (await readContainersConf(who, { modules: files.slice(1).map((_, index) => file(`m${index + 1}`)) })).containers.env
  }
  expect(await read(...texts)).toEqual(['2=true', '3=true', '4=true'])
  expect(await read(...texts.slice(0, 3), 'env=["4=true", {append=false}]')).toEqual(['4=true'])
  await expect(read('env=["1", {prepend=true}]')).rejects.toThrow(/containers\.env.*is not a list/)
})

test('a module is found by its name where podman looks, and missed by name', () => {
  vi.stubEnv('XDG_CONFIG_HOME', folder)
  const modules = path.join(folder, 'containers/containers.conf.modules')
  mkdirSync(modules, { recursive: true })
  writeFileSync(path.join(modules, 'gpu.conf'), '')
  const environment = { XDG_CONFIG_HOME: folder, CONTAINERS_CONF_OVERRIDE: '/last' }
  expect(containersConfFiles(who, environment, ['gpu.conf']).slice(-2)).toEqual([path.join(modules, 'gpu.conf'), '/last'])
  expect(() => containersConfFiles(who, environment, ['none.conf'])).toThrow(/could not resolve module "none.conf"/)
})

// Every documented key is in the table: it is followed by code, or said to have no effect.
const core = path.join(import.meta.dirname, '..')
const code = readdirSync(core, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => readFileSync(path.join(core, name), 'utf8'))
  .join('\n')
const rows = Object.entries(confKeys).flatMap(([table, keys]) => Object.entries(keys).map(([key, row]) => ({ table, key, row })))

test.each(rows)('$table.$key is followed, or has no effect and says so', async ({ table, key, row }) => {
  if ('shape' in row) {
    const property = key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    expect(code).toMatch(new RegExp(`\\b${table}\\??\\.${property}\\b|\\{[^{}]*\\b${property}\\b[^{}]*\\}`))
    return
  }
  writeFileSync(file('one'), `[${table}]\n${key} = "x"\n`)
  vi.stubEnv('CONTAINERS_CONF', file('one'))
  const said: string[] = []
  const say = (message: string) => void said.push(message)
  const conf = await readContainersConf(who, { log: { debug: say, warn: say } })
  expect(conf).toEqual({ containers: {}, engine: {}, network: {}, secrets: {} })
  expect(said).toEqual([expect.stringMatching(`${table}\\.${key} in .* has no effect: \\S.*[^.]\\.$`)])
})
