import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { helperGet } from './credential-program.ts'
import { findCredentials, locateCredentials } from './credentials.ts'
import { forgetAllLogins, forgetLogin, keepLogin, listLogins, type LoginPlace, loginPlace } from './logins.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-logins-'))
  path = process.env['PATH'] ?? ''
  process.env['PATH'] = `${folder}:${path}`
})
afterEach(() => {
  process.env['PATH'] = path
  rmSync(folder, { recursive: true })
})

const credentials = { username: 'u', password: 'p:w' }
const place = (more: Partial<LoginPlace> = {}): LoginPlace => ({
  file: join(folder, 'deep/auth.json'),
  compat: false,
  helpers: ['containers-auth.json'],
  ...more,
})
const read = (file: string): any => JSON.parse(readFileSync(file, 'utf8')) // oxlint-disable-line no-explicit-any -- a file of ours

test('a registry may be called like what every object has', async () => {
  writeFileSync(join(folder, 'auth.json'), '{"auths":{}}')
  expect(await findCredentials('toString', 'x', { files: [join(folder, 'auth.json')], helpers: ['containers-auth.json'] })).toBe(
    undefined,
  )
  expect(await keepLogin('toString', credentials, place())).toBe(place().file)
})

/** A credential helper that keeps what it is told in a file, and notes its arguments. */
function makeHelper(name: string): string {
  const kept = join(folder, `${name}.kept`)
  const program = join(folder, `docker-credential-${name}`)
  writeFileSync(
    program,
    `#!/usr/bin/env -S sh
echo "$@" >> ${kept}.args
case "$1" in
  store) cat > ${kept} ;;
  get) test -e ${kept} && cat ${kept} || { echo "credentials not found in native keychain"; exit 1; } ;;
  erase) rm -f ${kept} ;;
  list) test -e ${kept} && echo '{"r.example":"u"}' || echo '{}' ;;
esac
`,
  )
  chmodSync(program, 0o755)
  return kept
}

test('logins are kept for their owner alone, whatever else the file holds stays, and links stay links', async () => {
  const { file } = place()
  expect(await keepLogin('r.example', credentials, place())).toBe(file)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readFileSync(file, 'utf8')).toBe(
    `{\n\t"auths": {\n\t\t"r.example": {\n\t\t\t"auth": "${Buffer.from('u:p:w').toString('base64')}"\n\t\t}\n\t}\n}`,
  )
  writeFileSync(file, JSON.stringify({ ...read(file), HttpHeaders: { a: 'b' } }))
  const link = join(folder, 'link.json')
  symlinkSync(file, link)
  await keepLogin('r.example/team', { identityToken: 'tok' }, place({ file: link }))
  expect(read(file)).toMatchObject({ HttpHeaders: { a: 'b' }, auths: { 'r.example/team': { identitytoken: 'tok' } } })
  expect(await findCredentials('r.example', 'team/x', { files: [link], helpers: ['containers-auth.json'] })).toEqual({
    identityToken: 'tok',
  })
  expect(await listLogins(place(), [])).toEqual([
    { key: 'r.example', user: 'u', from: file, removable: true },
    { key: 'r.example/team', user: '<token>', from: file, removable: true },
  ])
  expect(await forgetLogin('r.example', place())).toBe(true)
  expect(await forgetLogin('r.example', place())).toBe(false)
  await forgetAllLogins(place())
  expect(read(file)).toEqual({ auths: {}, HttpHeaders: { a: 'b' } })
  expect(existsSync(`${file}.berth-lock`)).toBe(false)
})

test('many logins at once lose none', async () => {
  const names = Array.from({ length: 20 }, (_, i) => `r${i}.example`)
  await Promise.all(names.map((name) => keepLogin(name, credentials, place())))
  expect(Object.keys(read(place().file).auths).toSorted()).toEqual(names.toSorted())
})

test("Docker's own file has Docker Hub by its old address, and no keys with a path", async () => {
  const compat = place({ compat: true })
  await keepLogin('docker.io', credentials, compat)
  expect(Object.keys(read(compat.file).auths)).toEqual(['https://index.docker.io/v1/'])
  expect(await findCredentials('docker.io', 'library/x', { files: [compat.file] })).toEqual(credentials)
  await keepLogin('docker.io', credentials, place())
  expect(Object.keys(read(compat.file).auths)).toEqual(['docker.io'])
  await expect(keepLogin('r.example/x', credentials, compat)).rejects.toMatchObject({ code: 'InvalidArgument' })
})

test('credential helpers keep, give, list and forget; no secret is in an argument list or in the file', async () => {
  const kept = makeHelper('test')
  const { file } = place()
  await keepLogin('other.example', credentials, place())
  writeFileSync(file, JSON.stringify({ ...read(file), credHelpers: { 'r.example': 'test' } }))
  expect(await keepLogin('r.example', credentials, place())).toBe('docker-credential-test')
  expect(read(kept)).toEqual({ ServerURL: 'r.example', Username: 'u', Secret: 'p:w' })
  expect(readFileSync(`${kept}.args`, 'utf8')).toBe('store\n')
  expect(readFileSync(file, 'utf8')).not.toContain(Buffer.from('u:p:w', 'utf8').toString('base64').repeat(2))
  expect(Object.keys(read(file).auths)).toEqual(['other.example'])
  expect(await locateCredentials('r.example', 'x', { files: [file] })).toEqual({ credentials, from: 'docker-credential-test' })
  expect((await listLogins(place(), [])).map(({ key, from }) => [key, from])).toEqual([
    ['r.example', 'docker-credential-test'],
    ['other.example', file],
  ])
  expect(await forgetLogin('r.example', place())).toBe(true)
  expect(existsSync(kept)).toBe(false)
  expect(await findCredentials('r.example', 'x', { files: [file] })).toBeUndefined()
})

test('helpers of the whole configuration, stores that are missing, and names that are none', async () => {
  makeHelper('test')
  const first = place({ helpers: ['test', 'containers-auth.json'] })
  expect(await keepLogin('r.example', credentials, first)).toBe('docker-credential-test')
  expect(await findCredentials('r.example', 'x', { files: [], helpers: first.helpers })).toEqual(credentials)
  expect(await forgetLogin('r.example', first)).toBe(true)
  const file = join(folder, 'config.json')
  writeFileSync(file, JSON.stringify({ auths: {}, credsStore: 'not-installed' }))
  expect(await findCredentials('r.example', 'x', { files: [file] })).toBeUndefined()
  writeFileSync(file, JSON.stringify({ credHelpers: { 'r.example': 'not-installed' } }))
  await expect(findCredentials('r.example', 'x', { files: [file] })).rejects.toMatchObject({
    code: 'CredentialHelperFailed',
    message: expect.stringContaining('not installed'),
  })
  await expect(helperGet('../evil', 'r.example')).rejects.toMatchObject({ code: 'CredentialHelperFailed' })
})

test('where logins are kept follows the environment as podman does', () => {
  const where = (environment: NodeJS.ProcessEnv, named = {}): unknown => {
    const { file, compat } = loginPlace(named, [], environment)
    return [file, compat]
  }
  expect(where({ XDG_RUNTIME_DIR: '/run/x' })).toEqual(['/run/x/containers/auth.json', false])
  expect(where({ REGISTRY_AUTH_FILE: '/a', DOCKER_CONFIG: '/d' })).toEqual(['/a', false])
  expect(where({ DOCKER_CONFIG: '/d' })).toEqual(['/d/config.json', true])
  expect(where({ DOCKER_CONFIG: '/d' }, { authfile: '/b' })).toEqual(['/b', false])
  expect(where({}, { compatAuthFile: '/c' })).toEqual(['/c', true])
  expect(() => where({}, { authfile: '/b', compatAuthFile: '/c' })).toThrow('simultaneously')
})
