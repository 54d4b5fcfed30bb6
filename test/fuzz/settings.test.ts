import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, afterEach, expect, test, vi } from 'vitest'

import { readContainersConf } from '../../engine/core/config/containers-conf.ts'
import { parseStorageToml } from '../../engine/core/config/storage-toml.ts'
import { lookUpUser } from '../../engine/core/containers/spec/user.ts'
import { identity, parseIdMap } from '../../engine/lib/process/identity.ts'
import { readAuthFile } from '../../engine/registry/auth/auth-file.ts'
import { parseCredentials, toCredentials } from '../../engine/registry/auth/credentials.ts'
import { readRegistriesConf } from '../../engine/registry/config/registries-conf.ts'
import { feed } from './feed.ts'
import { mutateBytes, mutateDocument, mutateText } from './mutate.ts'
import { seed } from './random.ts'

const folder = mkdtempSync(join(tmpdir(), 'berth-fuzz-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => vi.unstubAllEnvs())

const registries = Buffer.from(`unqualified-search-registries = ["docker.io", "quay.io"]
short-name-mode = "enforcing"
credential-helpers = ["secretservice"]
[aliases]
"busybox" = "docker.io/library/busybox"
[[registry]]
prefix = "*.example.org"
location = "mirror.example.org/a"
insecure = true
[[registry.mirror]]
location = "127.0.0.1:5000"
pull-from-mirror = "digest-only"
`)

test(`registries.conf, seed ${seed}`, async () => {
  const main = join(folder, 'registries.conf')
  await feed(
    'registries.conf',
    { count: 1250 },
    (random) => mutateBytes(random, registries),
    async (bytes) => {
      writeFileSync(main, bytes)
      await readRegistriesConf({ main, named: true, folders: [], aliasCache: join(folder, 'none') })
    },
  )
})

test(`containers.conf and storage.conf, seed ${seed}`, async () => {
  const file = join(folder, 'containers.conf')
  vi.stubEnv('CONTAINERS_CONF', file)
  const text = Buffer.from(
    '[containers]\nenv = ["A=b"]\npids_limit = 10\ndefault_ulimits = ["nofile=1:2"]\n[engine]\nruntime = "crun"\n[engine.runtimes]\ncrun = ["/usr/bin/crun"]\n[network]\ndefault_subnet = "10.0.0.0/8"\n',
  )
  await feed(
    'containers.conf',
    { count: 1000 },
    (random) => mutateBytes(random, text),
    async (bytes) => {
      writeFileSync(file, bytes)
      await readContainersConf(identity())
    },
  )
  const storage = Buffer.from(
    '[storage]\ndriver = "overlay"\ngraphroot = "/x"\n[storage.options]\nadditionalimagestores = [\n "/a",\n "/b", # c\n]\n',
  )
  await feed(
    'storage.conf',
    { count: 2000 },
    (random) => mutateBytes(random, storage).toString(),
    (each) => parseStorageToml(each, 'x'),
  )
})

test(`files of logins, seed ${seed}`, async () => {
  const file = join(folder, 'auth.json')
  const document = { auths: { 'quay.io': { auth: 'dTpw', identitytoken: 'x' } }, credHelpers: { 'a.b': 'pass' }, credsStore: 'y' }
  await feed(
    'auth.json',
    { count: 1000 },
    (random) => mutateDocument(random, document),
    async (bytes) => {
      writeFileSync(file, bytes)
      const found = await readAuthFile(file, true)
      for (const entry of Object.values(found?.auths ?? {})) toCredentials(entry)
    },
  )
  await feed('credentials', { count: 1000 }, (random) => mutateText(random, 'user:password'), parseCredentials)
})

test(`an image's accounts, seed ${seed}`, async () => {
  const root = mkdtempSync(join(folder, 'root-'))
  const etc = join(root, 'etc')
  const { mkdirSync } = await import('node:fs')
  mkdirSync(etc)
  const passwd = Buffer.from('root:x:0:0:root:/root:/bin/sh\nwww:x:33:33::/var/www:/bin/false\n4242:x:1:1::/:\n')
  const group = Buffer.from('root:x:0:\nwww:x:33:root,www\nmany:x:44:www\n')
  const users = ['root', 'www:many', '33:44', '4294967294', '0:0', '4242', '']
  await feed(
    'accounts',
    { count: 1000 },
    (random) => ({
      passwd: mutateBytes(random, passwd),
      group: mutateBytes(random, group),
      user: random.chance(50) ? random.pick(users) : mutateText(random, random.pick(users)),
    }),
    (input) => {
      writeFileSync(join(etc, 'passwd'), input.passwd)
      writeFileSync(join(etc, 'group'), input.group)
      const { uid, gid, groups } = lookUpUser(root, input.user, ['many'])
      for (const id of [uid, gid, ...groups]) expect(id >= 0 && id <= 4_294_967_294).toBe(true)
    },
  )
  await feed('id maps', { count: 1000 }, (random) => mutateText(random, '0 1000 1\n1 100000 65536\n'), parseIdMap)
})
