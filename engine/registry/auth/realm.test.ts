import http from 'node:http'
import type { AddressInfo } from 'node:net'

import { afterEach, expect, test } from 'vitest'

import type { RegistryOptions } from '../options.ts'
import { openExchange } from '../http/exchange.ts'
import { type FakeRegistry, refuse } from '../fake/fake-registry.ts'
import { parseRealm, realmAddresses } from './realm.ts'
import { registryPerTest } from '../testing.ts'

let registry: FakeRegistry
const openIn = registryPerTest((started) => (registry = started))
const login = { username: 'u', password: 'p' }
const basic = `Basic ${Buffer.from('u:p').toString('base64')}`
const open = (options: RegistryOptions = {}) => openIn({ retry: 0, credentials: login, ...options })

const servers: http.Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

/** A server on a port of its own; `asked` gets what it was asked, with the login. */
async function serve(asked: string[], listener: http.RequestListener): Promise<string> {
  const server = http.createServer((request, response) => {
    asked.push(`${request.url!.split('?')[0]} ${request.headers.authorization ?? '-'}`)
    listener(request, response)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Lets the registry ask for a token of `realm`, and take the token t. */
function wantToken(realm: string): void {
  registry.addManifest('a/b', 'v1', {})
  registry.faultHook = (request, response) => {
    if (request.headers.authorization === 'Bearer t') return false
    refuse(response, 401, 'authentication required', { 'www-authenticate': `Bearer realm="${realm}",service="s"` })
    return true
  }
}

const unsafe = expect.objectContaining({ code: 'RegistryProtocol', message: expect.stringContaining('login server') })

test('a login server on another port gets the login, as docker.io’s does, and not what the realm itself says', async () => {
  const asked: string[] = []
  const server = await serve(asked, (_, response) => response.end('{"token":"t"}'))
  wantToken(`${server.replace('http://', 'http://other:secret@')}/token`)
  await open().manifest('v1')
  const { credentials: _, ...anonymous } = { credentials: login }
  await openIn({ retry: 0, ...anonymous }).manifest('v1')
  expect(asked).toEqual([`/token ${basic}`, '/token -'])
})

test('a login server that sends on to another host does not send the login along', async () => {
  const asked: string[] = []
  const target = await serve(asked, (_, response) => response.end('{"token":"t"}'))
  const first = await serve(asked, (_, response) => response.writeHead(307, { location: `${target}/elsewhere` }).end())
  wantToken(`${first}/token`)
  await open().manifest('v1')
  expect(asked).toEqual([`/token ${basic}`, '/elsewhere -'])
})

test('a refresh token is sent to the login server alone, wherever that sends on to', async () => {
  const asked: string[] = []
  const target = await serve(asked, (_, response) => response.end('{"token":"t"}'))
  const first = await serve(asked, (_, response) => response.writeHead(307, { location: `${target}/elsewhere` }).end())
  wantToken(`${first}/token`)
  await expect(open({ credentials: { identityToken: 'refresh' } }).manifest('v1')).rejects.toMatchObject({
    code: 'RegistryProtocol',
  })
  expect(asked).toEqual(['/token -'])
})

test('an answer of a login server has bounds', async () => {
  const server = await serve([], (_, response) => response.end(`{"token":"${'t'.repeat(70_000)}"}`))
  wantToken(`${server}/token`)
  await expect(open().manifest('v1')).rejects.toMatchObject({ code: 'RegistryProtocol' })
})

test('what a machine keeps at link-local addresses is asked for nothing, also after a redirect', async () => {
  wantToken('http://169.254.169.254/latest/meta-data/token')
  await expect(open().manifest('v1')).rejects.toEqual(unsafe)
  const asked: string[] = []
  const first = await serve(asked, (_, response) => response.writeHead(302, { location: 'http://[fe80::1]/token' }).end())
  wantToken(`${first}/token`)
  await expect(open().manifest('v1')).rejects.toEqual(unsafe)
  expect(asked).toHaveLength(1)
})

test.each([
  ['http://auth.example.org/token', true],
  ['ftp://auth.example.org/token', false],
  ['file:///etc/shadow', false],
  ['/token', false],
  ['', false],
])('the realm %j after https: %j is refused', (realm, secure) => {
  expect(() => parseRealm(realm, 'r', secure)).toThrow(unsafe as Error)
})

test.each([
  '127.0.0.1',
  '127.9.9.9',
  '0.0.0.0',
  '::1',
  '::ffff:127.0.0.1',
  '169.254.169.254',
  'fe80::1',
  '::ffff:169.254.169.254',
  'fd00:ec2::254',
])('a registry elsewhere may not make us ask %s', async (address) => {
  await expect(realmAddresses(new URL('https://192.0.2.1'))(address)).rejects.toEqual(unsafe)
})

test('a registry at a link-local address may be its own login server', async () => {
  await realmAddresses(new URL('http://169.254.1.2:5000'))('169.254.1.2')
})

test('a registry of this host may name a login server of this host', async () => {
  await realmAddresses(new URL('http://localhost:5000'))('127.0.0.1')
  await realmAddresses(new URL('http://192.0.2.1'))('10.0.0.1')
  await expect(realmAddresses(new URL('http://localhost:5000'))('169.254.169.254')).rejects.toEqual(unsafe)
})

test('a name that leads to this host is refused by where it leads, and not connected to', async () => {
  const asked: string[] = []
  const server = await serve(asked, (_, response) => response.end('{"token":"t"}'))
  const exchange = openExchange({ tls: () => ({}), verify: true })
  try {
    const admit = realmAddresses(new URL('https://192.0.2.1'))
    await expect(exchange.send(new URL(server.replace('127.0.0.1', 'localhost')), { admit })).rejects.toEqual(unsafe)
    expect(asked).toEqual([])
  } finally {
    exchange.close()
  }
})
