import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { basic, cleanups, type Keys, logIn, openPage, scratch, start } from '../fixtures/harness.ts'
import { ensureCertificate } from '../index.ts'
import { openSecrets } from './session-secrets.ts'

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

type Started = Awaited<ReturnType<typeof start>>

/** What a websocket with these keys receives first. */
const greetingOf = async ({ server }: Started, keys: Partial<Keys>) => (await openPage(server, keys, { greet: false })).init

async function ticketOf(page: Awaited<ReturnType<typeof openPage>>, use: string): Promise<string> {
  const id = `${use}-${page.controls.length}`
  page.send({ command: 'ticket', id, use })
  return String((await page.until(() => page.controls.find((each) => each['id'] === id)))['ticket'])
}

const redeem = async (started: Started, cookie: string, ticket: string) => {
  const response = await started.get('/cockpit/login', { headers: { Cookie: cookie, Authorization: `Ticket ${ticket}` } })
  const body = (await response.json()) as { 'session-secret'?: string; problem?: string }
  return { status: response.status, secret: body['session-secret'], problem: body.problem }
}

test('neither the cookie nor the secret alone, nor the secret of another session, opens a websocket', async () => {
  const started = await start()
  const mine = await logIn(started)
  const other = await logIn(started)
  for (const keys of [
    { cookie: mine.cookie },
    { secret: mine.secret },
    { cookie: mine.cookie, secret: other.secret },
    { cookie: mine.cookie, secret: 'A'.repeat(43) },
    { cookie: mine.cookie, secret: '' },
    { cookie: mine.cookie, secret: mine.cookie.split('=')[1]! },
  ])
    expect(await greetingOf(started, keys)).toEqual({ command: 'init', version: 1, problem: 'no-session' })
  const page = await openPage(started.server, mine)
  expect(page.init).toMatchObject({ 'channel-seed': '1:' })
  // What the server chose is said to everyone on the way; the secret is not.
  expect(page.socket.protocol).toBe('cockpit1')
})

test('no request that has only the cookie is given a secret, a token or a ticket', async () => {
  const started = await start()
  const { cookie, secret } = await logIn(started)
  for (const path of ['/cockpit/login', '/cockpit/socket', '/cockpit/channel/x?e30=', '/', '/ping', '/login/once/x']) {
    const response = await started.get(path, { headers: { Cookie: cookie } })
    const text = `${await response.text()}${JSON.stringify([...response.headers])}`
    expect(text).not.toMatch(/[\w-]{43}/)
    expect(text).not.toContain(secret)
  }
  for (const ticket of ['', 'A'.repeat(43), secret])
    expect(await redeem(started, cookie, ticket)).toMatchObject({ status: 401, secret: undefined })
})

test('a ticket of a bound page gives another tab a secret of its own: once, in time, with the cookie, for nothing else', async () => {
  const started = await start({ times: { ticket: 300 } })
  const keys = await logIn(started)
  const page = await openPage(started.server, keys)
  const ticket = await ticketOf(page, 'hand-over')
  expect((await redeem(started, 'cockpit=none', ticket)).status).toBe(401)
  const handed = await redeem(started, keys.cookie, ticket)
  expect(handed).toMatchObject({ status: 200, secret: expect.stringMatching(/^[\w-]{43}$/) })
  expect(handed.secret).not.toBe(keys.secret)
  expect((await redeem(started, keys.cookie, ticket)).status).toBe(401)
  await openPage(started.server, { cookie: keys.cookie, secret: handed.secret! })
  await openPage(started.server, keys)
  expect((await redeem(started, keys.cookie, await ticketOf(page, 'channel'))).status).toBe(401)
  const late = await ticketOf(page, 'hand-over')
  await new Promise((resolve) => setTimeout(resolve, 350))
  expect((await redeem(started, keys.cookie, late)).status).toBe(401)
})

test('no link can put a browser into the session of its author: a page cannot get a ticket for an address', async () => {
  const started = await start()
  const keys = await logIn(started)
  const page = await openPage(started.server, keys)
  for (const use of ['hand-over', 'channel']) {
    const Authorization = `Once ${await ticketOf(page, use)}`
    expect((await started.get('/cockpit/login', { headers: { Cookie: keys.cookie, Authorization } })).status).toBe(401)
  }
  page.send({ command: 'ticket', id: 'x', use: 'once' })
  expect(await page.control('close')).toMatchObject({ problem: 'protocol-error' })
})

test('tickets that are guessed are refused for a while, and then also good ones', async () => {
  const started = await start()
  const keys = await logIn(started)
  const page = await openPage(started.server, keys)
  for (let count = 0; count < 10; count++) expect((await redeem(started, keys.cookie, 'B'.repeat(43))).status).toBe(401)
  expect(await redeem(started, keys.cookie, await ticketOf(page, 'hand-over'))).toMatchObject({
    status: 429,
    problem: 'too-many-attempts',
  })
})

test('a session keeps a bounded number of secrets and tickets: the longest unused is void', () => {
  const secrets = openSecrets(1000)
  const first = secrets.issue()
  const second = secrets.issue()
  for (let count = 0; count < 62; count++) secrets.issue()
  expect(secrets.holds(first)).toBe(true)
  secrets.issue()
  expect([secrets.holds(first), secrets.holds(second)]).toEqual([true, false])
  const old = secrets.ticket('channel')
  for (let count = 0; count < 64; count++) secrets.ticket('channel')
  expect(secrets.redeem(old, 'channel')).toBe(false)
})

test('wrong requests of a page close it', async () => {
  const started = await start()
  const keys = await logIn(started)
  for (const message of [
    { command: 'ticket', use: 'channel' },
    { command: 'ticket', id: 'x', use: 'shell' },
    { command: 'ticket', id: 'x'.repeat(65), use: 'channel' },
    { command: 'end-session', id: 'x' },
    { command: 'end-session', id: 7, others: true },
  ]) {
    const page = await openPage(started.server, keys)
    page.send(message)
    expect(await page.control('close')).toMatchObject({ problem: 'protocol-error' })
  }
})

test('a page lists the sessions of its own user, is notified of changes, and ends others or one', async () => {
  const started = await start({
    authenticator: {
      begin: async (user) => ({ kind: 'agent', user, agent: started.newAgent() }),
    },
  })
  const enter = async (user: string): Promise<Keys> => {
    const response = await started.get('/cockpit/login', {
      headers: { ...basic(user, 'x'), 'User-Agent': `Browser of ${user} ${'x'.repeat(500)}` },
    })
    const { 'session-secret': secret } = (await response.json()) as { 'session-secret': string }
    return { cookie: response.headers.get('set-cookie')!.split(';')[0]!, secret }
  }
  const bob = await openPage(started.server, await enter('bob'))
  const alice = await openPage(started.server, await enter('alice'))
  const list = () =>
    alice.controls.findLast(({ command }) => command === 'sessions')?.['sessions'] as {
      id: string
      pages: number
      current: boolean
      browser: string
      address: string
      since: number
    }[]
  alice.send({ command: 'sessions', watch: true })
  await alice.until(() => list()?.length === 1)
  expect(list()[0]).toMatchObject({ current: true, pages: 1, address: '127.0.0.1' })
  expect(list()[0]!.browser).toHaveLength(200)
  expect(Date.now() - list()[0]!.since).toBeLessThan(60_000)
  const second = await openPage(started.server, await enter('alice'))
  const third = await openPage(started.server, await enter('alice'))
  await alice.until(() => list().filter(({ pages }) => pages === 1).length === 3)
  bob.send({ command: 'end-session', id: 'e', session: list()[0]!.id })
  expect(await bob.control('end-session')).toMatchObject({ id: 'e', problem: 'not-found' })
  const [, wanted] = list()
  alice.send({ command: 'end-session', id: 'one', session: wanted!.id })
  expect(await second.control('close')).toMatchObject({ problem: 'terminated' })
  await alice.until(() => list().length === 2)
  alice.send({ command: 'end-session', id: 'others', others: true })
  expect(await third.control('close')).toMatchObject({ problem: 'terminated' })
  await alice.until(() => list().length === 1)
  bob.send({ command: 'ping', mark: 1 })
  await bob.until(() => bob.controls.find(({ command }) => command === 'pong'))
  alice.send({ command: 'sessions', watch: false })
  const before = alice.controls.length
  await openPage(started.server, await enter('alice'))
  alice.send({ command: 'ping', mark: 2 })
  await alice.until(() => alice.controls.find((each) => each['mark'] === 2))
  expect(alice.controls.slice(before).map(({ command }) => command)).not.toContain('sessions')
})

test('a user has a bounded number of sessions; the refusal says how to end one', async () => {
  const started = await start({ maxSessionsPerUser: 2 })
  const first = await logIn(started)
  await logIn(started)
  const refused = await started.get('/cockpit/login', { headers: basic('alice', 'geheim: ü') })
  expect([refused.status, refused.headers.get('set-cookie')]).toEqual([429, null])
  expect(await refused.json()).toEqual({ problem: 'too-many-sessions', message: expect.stringContaining('under Sessions') })
  await started.agents[2]!.ended
  const page = await openPage(started.server, first)
  page.send({ command: 'end-session', id: 'x', others: true })
  await page.control('end-session')
  await logIn(started)
})

/** The status of a request with a `Host` of its own. */
const statusFor = ({ server }: Started, host: string | undefined, path = '/ping') =>
  new Promise<[number, string]>((resolve, reject) => {
    const request = httpRequest(
      `${server.url}${path}`,
      { setHost: false, headers: host === undefined ? {} : { Host: host } },
      (answer) => {
        let text = ''
        answer.on('data', (data: Buffer) => (text += String(data)))
        answer.once('end', () => resolve([answer.statusCode!, text]))
      },
    )
    request.once('error', reject).end()
  })

test('a name that is not this host’s is refused with a message on every path, addresses and own names are not', async () => {
  const started = await start({
    origins: ['https://proxy.example.org'],
    hostNames: ['*.tunnel.example.org', 'Alias.example.org'],
  })
  for (const host of [
    '127.0.0.1',
    '10.1.2.3:9090',
    '[::1]:9090',
    'localhost',
    'a.localhost',
    hostname(),
    `${hostname().toUpperCase()}.:1`,
    'proxy.example.org',
    'x.tunnel.example.org',
    'alias.example.org:443',
  ])
    // oxfmt-ignore
    expect([host, (await statusFor(started, host))[0]]).toEqual([host, 200])
  for (const host of [
    'rebound.example',
    'tunnel.example.org',
    'a.b.tunnel.example.org',
    '127.0.0.1.rebound.example:9090',
    '2130706433',
  ])
    for (const path of ['/ping', '/', '/cockpit/login', '/cockpit/channel/x'])
      expect([host, path, (await statusFor(started, host, path))[0]]).toEqual([host, path, 421])
  expect((await statusFor(started, 'rebound.example:9090'))[1]).toContain('--host-name rebound.example')
  for (const host of [undefined, '', 'a b', 'user@127.0.0.1', '127.0.0.1/x'])
    expect([host, (await statusFor(started, host))[0]]).toEqual([host, 400])
  const keys = await logIn(started)
  const origin = `http://rebound.example:${started.server.port}`
  await expect(openPage(started.server, keys, { host: new URL(origin).host, origin })).rejects.toThrow('421')
})

/** A certificate for console.example.org that another authority has issued, where the server looks for one. */
function issueCertificate(folder: string): string {
  const run = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-days', '30']
  run('req', '-x509', ...key, '-subj', '/CN=An authority', '-keyout', 'ca-key.pem', '-out', 'ca.pem')
  const names = ['-subj', '/CN=console.example.org', '-addext', 'subjectAltName=DNS:console.example.org']
  run('req', '-x509', ...key, ...names, '-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-keyout', 'key.pem', '-out', 'cert.pem')
  return readFileSync(join(folder, 'ca.pem'), 'utf8')
}

test('the names of a certificate are own names, and one that others have issued is insisted on (HSTS)', async () => {
  const folder = scratch()
  const ca = issueCertificate(folder)
  const { server } = await start({ tls: await ensureCertificate(folder) })
  const ask = (host: string) =>
    new Promise<[number, string | undefined]>((resolve, reject) => {
      const options = { ca, servername: 'console.example.org', setHost: false, headers: { Host: host } }
      const request = httpsRequest(`${server.url}/ping`, options, (answer) => {
        answer.resume()
        resolve([answer.statusCode!, answer.headers['strict-transport-security']])
      })
      request.once('error', reject).end()
    })
  expect(await ask('console.example.org:9090')).toEqual([200, 'max-age=31536000'])
  expect((await ask('other.example.org'))[0]).toBe(421)
  expect((await ensureCertificate(scratch())).issued).toBe(false)
})

test('--bind-address: a session is of no use from another address', async () => {
  for (const bindAddress of [true, false]) {
    const started = await start({ bindAddress, address: '0.0.0.0' })
    const keys = await logIn(started)
    const url = `http://127.0.0.2:${started.server.port}`
    const from = { ...started.server, url }
    const { init } = await openPage(from, keys, { greet: false, from: '127.0.0.3' })
    expect(init['problem']).toBe(bindAddress ? 'no-session' : undefined)
    expect((await openPage(from, keys, { greet: false, from: '127.0.0.1' })).init['problem']).toBeUndefined()
  }
})
