import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect as connectTcp } from 'node:net'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { basic, cleanups, logIn, openPage, scratch, start } from '../fixtures/harness.ts'
import { ensureCertificate, startServer } from '../index.ts'

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

test('files: compressed, lasting, revalidated; none from outside or hidden', async () => {
  const { server, get } = await start()
  const index = await get('/')
  expect(index.headers.get('content-security-policy')).toContain(
    `script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self' ws://127.0.0.1:${server.port}`,
  )
  for (const [name, value] of [
    ['x-content-type-options', 'nosniff'],
    ['referrer-policy', 'no-referrer'],
    ['x-frame-options', 'sameorigin'],
    ['cache-control', 'no-cache'],
  ]) {
    expect(index.headers.get(name!)).toBe(value)
  }
  const again = await get('/', { headers: { 'If-None-Match': index.headers.get('etag')! } })
  expect(again.status).toBe(304)
  const script = await get('/app-ABCDEF12.js', { headers: { 'Accept-Encoding': 'br' } })
  expect([script.headers.get('content-encoding'), script.headers.get('cache-control')]).toEqual([
    'br',
    'public, max-age=31536000, immutable',
  ])
  for (const path of ['/.secret', '/%2e%2e/x', '/..%2fx', '/a%00b', '/%', '/nosuch', '/cockpit/@localhost/x/y']) {
    expect({ path, refused: (await get(path)).status >= 400 }).toEqual({ path, refused: true })
  }
  expect((await get('/', { method: 'POST', body: 'x' })).status).toBe(405)
  expect(await (await get('/ping')).json()).toEqual({ service: 'cockpit' })
})

test('packages: only for a session, with the policy of their manifest', async () => {
  const packages = scratch()
  mkdirSync(join(packages, 'pkg'))
  writeFileSync(
    join(packages, 'pkg', 'manifest.json'),
    JSON.stringify({ 'content-security-policy': 'img-src *; frame-ancestors *' }),
  )
  writeFileSync(join(packages, 'pkg', 'index.html'), 'x')
  writeFileSync(join(packages, 'pkg', 'po.ko.js'), 'ko')
  const started = await start({ packages: [packages] })
  expect((await started.get('/cockpit/@localhost/pkg/po.js')).status).toBe(401)
  const headers = { Cookie: (await logIn(started)).cookie }
  const page = await started.get('/cockpit/@localhost/pkg/index.html', { headers })
  expect(page.headers.get('content-security-policy')).toMatch(/img-src \*; .*frame-ancestors 'self'/)
  expect(
    await (await started.get('/cockpit/@localhost/pkg/po.js', { headers: { ...headers, 'Accept-Language': 'ko-KR,en' } })).text(),
  ).toBe('ko')
  expect(
    await (await started.get('/cockpit/@localhost/pkg/po.js', { headers: { ...headers, 'Accept-Language': 'en' } })).text(),
  ).toBe('')
  expect((await started.get('/cockpit/@localhost/none/index.html', { headers })).status).toBe(404)
  expect((await started.get('/cockpit/@elsewhere/pkg/index.html', { headers })).status).toBe(404)
})

test('TLS: a generated certificate kept with its key private, a Secure cookie, and http sent to https', async () => {
  const folder = join(scratch(), 'tls')
  const tls = await ensureCertificate(folder)
  expect(statSync(join(folder, 'key.pem')).mode & 0o777).toBe(0o600)
  expect((await ensureCertificate(folder)).cert).toBe(tls.cert)
  const { server } = await start({ tls })
  const response = await new Promise<{
    status: number
    cookie: string
    cert: string
    secret: string
    headers: IncomingHttpHeaders
  }>((resolve, reject) => {
    const request = httpsRequest(
      `${server.url}/cockpit/login`,
      { ca: tls.cert, headers: basic('alice', 'geheim: ü') },
      (answer) => {
        const { subjectaltname = '' } = (
          answer.socket as unknown as { getPeerCertificate(): { subjectaltname?: string } }
        ).getPeerCertificate()
        void json(answer).then((body) => {
          const { 'session-secret': secret } = body as { 'session-secret': string }
          const { headers, statusCode } = answer
          resolve({ status: statusCode!, cookie: String(headers['set-cookie']), cert: subjectaltname, secret, headers })
        })
      },
    )
    request.once('error', reject).end()
  })
  expect(response.status).toBe(200)
  expect(response.cookie).toMatch(
    new RegExp(`^__Host-cockpit-${server.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict; Secure$`),
  )
  // A certificate of ours is no reason to insist on it.
  expect(response.headers['strict-transport-security']).toBeUndefined()
  expect(response.cert).toMatch(/DNS:localhost, IP Address:127.0.0.1/)
  const page = await openPage(server, { cookie: response.cookie.split(';')[0]!, secret: response.secret })
  expect(page.init).toMatchObject({ version: 1, 'csrf-token': expect.any(String) })
  const plain = await fetch(`http://127.0.0.1:${server.port}/x`, { redirect: 'manual' })
  expect([plain.status, plain.headers.get('location')]).toEqual([301, `https://127.0.0.1:${server.port}/x`])
})

test('headers beyond 8 KiB and requests that are none are refused, and the server goes on', async () => {
  const { server, get } = await start()
  const response = await get('/', { headers: { 'X-Long': 'x'.repeat(9000) } }).then(
    (answer) => answer.status,
    () => 'cut',
  )
  expect([431, 'cut']).toContain(response)
  await new Promise<void>((resolve) => {
    const socket = connectTcp(server.port, '127.0.0.1', () => socket.write('nonsense\r\n\r\n'))
    socket
      .once('close', () => resolve())
      .on('error', () => {})
      .resume()
  })
  expect((await get('/')).status).toBe(200)
})

test('it listens on loopback by default, and reports a port in use', async () => {
  const { server } = await start()
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:/)
  await expect(startServer({ port: server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
