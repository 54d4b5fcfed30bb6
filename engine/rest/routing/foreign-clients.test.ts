import { existsSync, readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { clientHeader, encodeCredentials } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { serveFake } from '../http/testing.ts'

const request = (method: string, path: string, ...headers: string[]): string =>
  `${[`${method} /v5.4.2${path} HTTP/1.0`, ...headers].join('\r\n')}\r\n\r\n`
const post = (path: string, ...headers: string[]) => request('POST', path, ...headers)
const digest = `sha256:${'d'.repeat(64)}`
const pushes = async function* () {
  yield { stream: 'Copying\n' }
  yield { manifestdigest: digest }
}
const fails = () => Promise.reject(new EngineError('RegistryUnauthorized', 'Wrong password.'))

test('a pull by libpod’s clients says every failure in its stream, for our own at once by its status', async () => {
  await using api = await serveFake({ 'image.pull': fails })
  for (const quiet of ['', '&quiet=true'])
    expect(await api.raw(post(`/libpod/images/pull?reference=a${quiet}`))).toMatch(/ 200 [^]*\{"error":"Wrong password\."/)
  expect(await api.raw(post('/libpod/images/pull?reference=a', `${clientHeader}: 1`))).toMatch(/ 401 /)
  expect(await api.raw(post('/libpod/images/pull'))).toMatch(/ 500 /)
  expect(await api.raw(post('/libpod/images/pull?reference=a&policy=bad'))).toMatch(/ 400 /)
  expect(await api.raw(post('/libpod/images/pull?reference=oci:/etc'))).toMatch(/ 400 [^]*unsupported transport oci/)
})

test('a push is quiet unless told otherwise: nothing or a status; else all is in the stream', async () => {
  const context: Record<string, unknown>[] = []
  const remember = (input: Record<string, unknown>) => {
    context.push(input)
    return Promise.resolve(pushes())
  }
  await using api = await serveFake({ 'image.push': remember, 'manifest.push': remember })
  expect(await api.raw(post('/libpod/images/a/push'))).toMatch(/ 200 [^]*text\/plain[^]*\r\n\r\n$/)
  expect(await api.raw(post('/libpod/images/a/push?quiet=false'))).toContain(`{"manifestdigest":"${digest}"}\n`)
  expect(await api.raw(post('/libpod/manifests/a/registry/dir:/etc'))).toMatch(/ 400 [^]*unsupported transport dir/)
  expect(await api.raw(post('/libpod/manifests/a/registry/b'))).toContain(`\r\n\r\n{"Id":"${digest}"}\n`)
  expect(await api.raw(post('/libpod/manifests/a/registry/b?quiet=false&all=true'))).toContain(
    `{"Id":"","stream":"Copying\\n"}\n{"Id":"${digest}"}\n`,
  )
  expect(context.map(({ quiet, all }) => [quiet, all])).toEqual([
    ['true', undefined],
    ['false', undefined],
    ['true', 'false'],
    ['false', 'true'],
  ])
  await using failing = await serveFake({ 'image.push': fails })
  expect(await failing.raw(post('/libpod/images/a/push'))).toMatch(/ 400 [^]*"response":400,"code":"RegistryUnauthorized"/)
  expect(await failing.raw(post('/libpod/images/a/push?quiet=0'))).toMatch(/ 200 [^]*"error":"Wrong password\."/)
  expect(await failing.raw(post('/libpod/images/a/push?destination=dir:/etc'))).toMatch(/ 400 [^]*unsupported transport dir/)
})

test('logins that a client sends for several registries are a file for the time of the request', async () => {
  let seen: { path: string; text: string } | undefined
  await using api = await serveFake({
    'image.pull': ({ authfile }: { authfile: string }) => {
      seen = { path: authfile, text: readFileSync(authfile, 'utf8') }
      return (async function* () {
        yield { id: String(existsSync(authfile)) }
      })()
    },
    'registry.search': ({ authfile }: { authfile?: string }) => {
      if (authfile === undefined) throw new EngineError('Internal', 'none')
      seen = { path: authfile, text: readFileSync(authfile, 'utf8') }
      throw new EngineError('RegistryUnauthorized', 'Wrong password.')
    },
  })
  const map = { 'quay.io': { username: 'me', password: 'secret' }, 0: { username: '', password: '' } }
  const header = Buffer.from(JSON.stringify(map)).toString('base64url')
  for (const [name, ask] of [
    ['X-Registry-Auth', post('/libpod/images/pull?reference=a', `X-Registry-Auth: ${header}`)],
    ['X-Registry-Config', post('/libpod/images/pull?reference=a', `X-Registry-Config: ${header}`)],
    ['a failure', request('GET', '/libpod/images/search?term=a', `X-Registry-Auth: ${header}`)],
  ] as const) {
    seen = undefined
    const answer = await api.raw(ask)
    expect(answer, name).toMatch(/"id":"true"|Wrong password/)
    expect(JSON.parse(seen!['text'])).toEqual({ auths: { 'quay.io': { auth: Buffer.from('me:secret').toString('base64') } } })
    expect(existsSync(seen!['path'])).toBe(false)
  }
})

test('one login is no file, an empty header none, and what is no JSON object is refused without being shown', async () => {
  const context: Record<string, unknown>[] = []
  await using api = await serveFake({
    'registry.search': (input: Record<string, unknown>) => {
      context.push(input)
      return []
    },
  })
  const search = (header: string) => api.raw(request('GET', '/libpod/images/search?term=a', `X-Registry-Auth: ${header}`))
  expect(await search(encodeCredentials('me:secret'))).toMatch(/ 200 /)
  expect(await search('')).toMatch(/ 200 /)
  expect(context.map(({ credentials, authfile }) => [credentials, authfile])).toEqual([
    ['me:secret', undefined],
    [undefined, undefined],
  ])
  const wrong = await search(Buffer.from('["secret"]').toString('base64url'))
  expect(wrong).toMatch(/ 400 /)
  expect(wrong).not.toContain('secret')
})

test('what libpod takes from nobody over its API', async () => {
  await using api = await serveFake({ 'manifest.modify': () => ({ Id: 'x' }), 'image.scp': () => ({ Id: 'x' }) })
  const put = (body: string) => request('PUT', '/libpod/manifests/a', `Content-Length: ${body.length}`) + body
  expect(await api.raw(put('{}'))).toMatch(/ 400 [^]*illegal operation/)
  expect(await api.raw(put('{"operation":"update"}'))).toMatch(/ 200 /)
  expect(await api.raw(post('/libpod/images/scp/a?destination=alice@localhost::'))).toMatch(/ 400 /)
  expect(await api.raw(post('/libpod/images/scp/a?destination=host::'))).toMatch(/ 200 /)
  const config = Buffer.from('{"username":"secret"}').toString('base64url')
  expect(await api.raw(request('GET', '/libpod/images/search?term=a', `X-Registry-Config: ${config}`))).toMatch(/ 400 /)
})

test('lists that libpod leaves out where they are empty are left out, and ours gets them', async () => {
  const report = { Untagged: [], Deleted: ['a'], Errors: [], ExitCode: 0 }
  await using api = await serveFake({ 'image.removeMany': () => report })
  const request = (header = '') => `DELETE /libpod/images/remove?images=a HTTP/1.0\r\n${header}\r\n`
  expect(await api.raw(request())).toMatch(/\{"Deleted":\["a"\],"Errors":null,"ExitCode":0\}\n$/)
  expect(await api.remote['image.removeMany']({ images: ['a'] })).toEqual(report)
})

test('one value is answered as a line of text, which ours reads', async () => {
  await using api = await serveFake({ 'container.wait': () => 3, 'container.update': () => 'abc' })
  expect(await api.raw('POST /libpod/containers/a/wait HTTP/1.0\r\n\r\n')).toMatch(
    /text\/plain; charset=us-ascii[^]*\r\n\r\n3\n$/,
  )
  expect(await api.remote['container.wait']({ name: 'a' })).toBe(3)
  expect(await api.remote['container.update']({ name: 'a', body: {} })).toBe('abc')
})

test('maps of a check are null where nothing is wrong, and ours gets them', async () => {
  const nothing = {
    Layers: {},
    ROLayers: {},
    RemovedLayers: [],
    Images: {},
    ROImages: {},
    RemovedImages: {},
    RemovedContainers: {},
  }
  const found = { Errors: true, ...nothing, Containers: { web: ['its layer is missing'] } }
  await using api = await serveFake({ 'system.check': () => Promise.resolve(found) })
  const answered = await api.raw(post('/libpod/system/check'))
  expect(answered).toContain('"Layers":null')
  expect(answered).toContain('"RemovedContainers":null')
  expect(answered).toContain('"Containers":{"web":["its layer is missing"]}')
  expect(await api.raw(post('/libpod/system/check', `${clientHeader}: 1`))).toContain('"Layers":{}')
})

test('the default network is not removed: libpod says so in its list with 200, Docker with its 403, our own client gets the failure', async () => {
  const kept = () =>
    Promise.reject(new EngineError('NotSupported', 'default network podman cannot be removed', { details: { name: 'podman' } }))
  await using api = await serveFake({ 'network.remove': kept })
  const remove = (path: string, ...headers: string[]) => api.raw(request('DELETE', path, ...headers))
  expect(await remove('/libpod/networks/podman')).toMatch(
    / 200 [^]*\r\n\r\n\[\{"Name":"podman","Err":"default network podman cannot be removed"\}\]\n?$/,
  )
  expect(await remove('/networks/bridge')).toMatch(/ 403 [^]*"message":"default network podman cannot be removed"/)
  expect(await remove('/libpod/networks/podman', `${clientHeader}: 1`)).toMatch(/ [45]\d\d [^]*"code":"NotSupported"/)
})
