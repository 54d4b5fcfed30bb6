import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { formatReference } from '../../image/index.ts'
import { parseChallenge } from '../auth/authorize.ts'
import { findCredentials } from '../auth/credentials.ts'
import { readRegistriesConf, type RegistriesConf } from './registries-conf.ts'
import { candidates, recordAlias, resolveShortName } from './short-names.ts'
import { sourcesOf } from './sources.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-conf-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

test('short names, prefixes, mirrors and blocked registries follow registries.conf', async () => {
  const main = write(
    'registries.conf',
    `
unqualified-search-registries = ["one.example", "docker.io"]
[[registry]]
prefix = "example.com/foo"
location = "internal:5000/bar"
insecure = true
[[registry.mirror]]
location = "mirror.example/m"
[[registry.mirror]]
location = "digests.example"
pull-from-mirror = "digest-only"
[[registry]]
prefix = "*.wild.example"
location = "wild.example"
[[registry]]
location = "bad.example"
blocked = true
[aliases]
"short" = "quay.io/long/name"
`,
  )
  const conf = await readRegistriesConf({ main, named: true, folders: [], aliasCache: join(folder, 'cache') })
  expect(candidates(conf, 'thing').map(formatReference)).toEqual(['one.example/thing:latest', 'docker.io/library/thing:latest'])
  expect(candidates(conf, 'short:v1').map(formatReference)).toEqual(['quay.io/long/name:v1'])
  const sources = (name: string, verify?: boolean): unknown => sourcesOf(conf, candidates(conf, name)[0]!, verify)
  expect(sources('example.com/foo/x')).toEqual([
    { registry: 'mirror.example', repository: 'm/x', insecure: false },
    { registry: 'internal:5000', repository: 'bar/x', insecure: true },
  ])
  expect(sources(`example.com/foo/x@sha256:${'a'.repeat(64)}`)).toHaveLength(3)
  expect(sources('example.com/foobar')).toEqual([{ registry: 'example.com', repository: 'foobar', insecure: false }])
  expect(sources('a.wild.example/x')).toEqual([{ registry: 'wild.example', repository: 'x', insecure: false }])
  expect(sources('example.com/foo/x', true)).toEqual([
    expect.objectContaining({ insecure: false }),
    expect.objectContaining({ insecure: false }),
  ])
  expect(() => sources('bad.example/x')).toThrow(expect.objectContaining({ code: 'RegistryBlocked' }))
})

test('without search registries a short name is refused with the way out; later files win', async () => {
  const conf = await readRegistriesConf({
    main: join(folder, 'missing'),
    named: false,
    folders: [folder],
    aliasCache: join(folder, 'cache'),
  })
  expect(() => candidates(conf, 'thing')).toThrow('docker.io/library/thing')
  write('10.conf', 'unqualified-search-registries = ["a.example"]')
  write('20.conf', 'unqualified-search-registries = ["b.example"]')
  write('30.ignored', '!')
  expect(
    (
      await readRegistriesConf({
        main: join(folder, 'missing'),
        named: false,
        folders: [folder],
        aliasCache: join(folder, 'cache'),
      })
    ).search,
  ).toEqual(['b.example'])
  write('40.conf', 'not toml')
  await expect(
    readRegistriesConf({ main: join(folder, 'missing'), named: false, folders: [folder], aliasCache: join(folder, 'cache') }),
  ).rejects.toMatchObject({
    code: 'InvalidArgument',
    message: expect.stringContaining('40.conf'),
  })
})

const auth = (text: string): object => ({ auth: Buffer.from(text).toString('base64') })

test('credentials are those of the longest matching name, then of the registry', async () => {
  const file = write(
    'auth.json',
    JSON.stringify({
      auths: {
        'r.example': auth('a:1'),
        'r.example/x': auth('b:2:3'),
        'https://index.docker.io/v1/': auth('hub:h'),
        'id.example': { identitytoken: 'tok' },
      },
    }),
  )
  const find = (registry: string, repository: string): unknown =>
    findCredentials(registry, repository, { files: [join(folder, 'none'), file] })
  expect(await find('r.example', 'y')).toEqual({ username: 'a', password: '1' })
  expect(await find('r.example', 'x/y')).toEqual({ username: 'b', password: '2:3' })
  expect(await find('docker.io', 'library/x')).toEqual({ username: 'hub', password: 'h' })
  expect(await find('id.example', 'x')).toEqual({ identityToken: 'tok' })
  expect(await find('other.example', 'x')).toBeUndefined()
})

test('a named credentials file must be readable, and is never quoted', async () => {
  await expect(findCredentials('r', 'x', { authfile: join(folder, 'none') })).rejects.toMatchObject({ code: 'InvalidArgument' })
  const file = write('broken.json', '{"auths": {"r": {"auth": "c2VjcmV0"')
  await expect(findCredentials('r', 'x', { authfile: file })).rejects.toMatchObject({
    message: expect.not.stringContaining('c2VjcmV0'),
  })
})

test('login challenges are read', () => {
  expect(parseChallenge('Bearer realm="https://a/t",service="s",scope="repository:x:pull,push"')).toEqual({
    scheme: 'bearer',
    realm: 'https://a/t',
    service: 's',
    scope: 'repository:x:pull,push',
  })
  expect(parseChallenge(['Basic realm="x"', 'Bearer realm="y"'])).toEqual({ scheme: 'bearer', realm: 'y' })
  expect(parseChallenge('BASIC realm="x"')).toEqual({ scheme: 'basic' })
  expect(parseChallenge('Negotiate')).toBeUndefined()
  expect(parseChallenge(undefined)).toBeUndefined()
})

const confOf = (text: string): Promise<RegistriesConf> =>
  readRegistriesConf({ main: write('registries.conf', text), named: true, folders: [], aliasCache: join(folder, 'cache.conf') })

test.each([
  ['[registries.search]\nregistries = ["a"]', 'version 1'],
  ['short-name-mode = "maybe"', 'short-name-mode'],
  ['unqualified-search-registries = ["a.example/b"]', 'HOST'],
  ['[[registry]]\nlocation = "https://a.example"', 'must not begin with http'],
  ['[[registry]]\nlocation = "a"\n[[registry.mirror]]\nlocation = "m"\npull-from-mirror = "x"', 'pull-from-mirror'],
  [
    '[[registry]]\nlocation = "a"\nmirror-by-digest-only = true\n[[registry.mirror]]\nlocation = "m"\npull-from-mirror = "all"',
    'give one of them',
  ],
  ['[[registry]]\nlocation = "a"\ninsecure = true\n[[registry]]\nlocation = "a"', 'twice'],
  ['[aliases]\n"x:1" = "a.example/b"', 'cannot be an alias'],
  ['[aliases]\n"x" = "a"', 'REGISTRY/REPOSITORY'],
  ['[aliases]\n"x" = "a.example/b:1"', 'REGISTRY/REPOSITORY'],
  ['[[registry]]\ninsecure = true', 'neither prefix nor location'],
])('configuration %j is refused by name', async (text, words) => {
  await expect(confOf(text)).rejects.toMatchObject({ code: 'InvalidArgument', message: expect.stringContaining(words) })
  await expect(confOf(text)).rejects.toMatchObject({ message: expect.stringContaining('registries.conf') })
})

test('a file that someone named has to be there', async () => {
  const sources = { main: join(folder, 'none'), named: true, folders: [], aliasCache: join(folder, 'cache') }
  await expect(readRegistriesConf(sources)).rejects.toMatchObject({ message: expect.stringContaining('does not exist') })
})

test('several search registries are asked about, as the mode says, until the answer is kept', async () => {
  const text = 'unqualified-search-registries = ["a.example", "b.example"]\n'
  const enforcing = await confOf(`${text}short-name-mode = "enforcing"`)
  expect(() => candidates(enforcing, 'x/y:1')).toThrow('cannot prompt without a TTY')
  expect(() => candidates(enforcing, 'x/y:1')).toThrow('a.example/x/y, b.example/x/y')
  expect(resolveShortName(enforcing, 'x/y:1')).toMatchObject({ undecided: 'x/y' })
  expect(candidates(await confOf(text), 'x')).toHaveLength(2)
  expect(resolveShortName(await confOf(`${text}short-name-mode = "disabled"`), 'x').undecided).toBeUndefined()
  expect(resolveShortName(await confOf('unqualified-search-registries = ["a.example"]'), 'x').undecided).toBeUndefined()
  const cache = join(folder, 'cache.conf')
  await Promise.all([recordAlias('x/y', 'b.example/x/y:1', cache), recordAlias('z', 'docker.io/z', cache)])
  expect(readFileSync(cache, 'utf8')).toBe('[aliases]\n  "x/y" = "b.example/x/y"\n  "z" = "docker.io/library/z"\n')
  const decided = await confOf(`${text}short-name-mode = "enforcing"\n[aliases]\n"x/y" = "c.example/d"`)
  expect(candidates(decided, 'x/y:1').map(formatReference)).toEqual(['b.example/x/y:1'])
  expect(resolveShortName(decided, 'x/y').description).toBe(`Resolved "x/y" as an alias (${cache})`)
  await expect(recordAlias('x:1', 'a.example/x', cache)).rejects.toMatchObject({ code: 'ImageReferenceInvalid' })
  await expect(recordAlias('x', 'y', cache)).rejects.toMatchObject({ code: 'ImageReferenceInvalid' })
})
