import { connect } from 'node:net'

import { expect, test } from 'vitest'

import type { Engine } from '../../contract/index.ts'
import { isLoopback } from './listen-tcp.ts'
import { createRestServer, type RestServerOptions } from './server.ts'

const silent = { error() {}, warn() {}, info() {}, debug() {} }

/** A service on a free port of loopback, and what it answers to lines of a request. */
async function serve(options: RestServerOptions = {}) {
  const server = createRestServer({ 'container.list': async () => [] } as unknown as Engine, { log: silent, ...options })
  const { port } = await server.listenOnTcp({ host: '127.0.0.1', port: 0 })
  return {
    ask: (...lines: string[]) =>
      new Promise<string>((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n`))
        let received = ''
        socket.on('data', (data) => (received += String(data)))
        socket.on('error', reject)
        socket.on('close', () => resolve(received))
      }),
    [Symbol.asyncDispose]: () => server.close(),
  }
}

const list = (...headers: string[]) => ['GET /libpod/containers/json HTTP/1.1', 'Connection: close', ...headers] as const

test('a program is answered, whatever address it used', async () => {
  await using service = await serve()
  for (const host of ['127.0.0.1:80', 'localhost:80', '[::1]:80', 'box', 'd'])
    expect(await service.ask(...list(`Host: ${host}`))).toMatch(/^HTTP\/1\.1 200 /)
})

test('a page in a browser is not, nor one whose name leads here', async () => {
  await using service = await serve()
  expect(await service.ask(...list('Host: localhost', 'Origin: https://evil.example'))).toMatch(/^HTTP\/1\.1 403 [^]*--cors/)
  expect(await service.ask(...list('Host: evil.example:80'))).toMatch(/^HTTP\/1\.1 403 [^]*evil\.example/)
  const attach = ['POST /libpod/containers/a/attach HTTP/1.1', 'Host: localhost', 'Connection: Upgrade', 'Upgrade: tcp']
  expect(await service.ask(...attach, 'Origin: null')).toMatch(/^HTTP\/1\.1 403 /)
})

test('--cors lets one origin in and answers what its browser asks first', async () => {
  await using service = await serve({ cors: 'https://good.example' })
  const answer = await service.ask(...list('Host: localhost', 'Origin: https://good.example'))
  expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*Access-Control-Allow-Origin: https:\/\/good\.example/i)
  expect(await service.ask(...list('Host: localhost', 'Origin: https://evil.example'))).toMatch(/^HTTP\/1\.1 403 /)
  const asked = await service.ask(
    'OPTIONS /libpod/info HTTP/1.1',
    'Host: localhost',
    'Origin: https://good.example',
    'Connection: close',
  )
  expect(asked).toMatch(/^HTTP\/1\.1 204 [^]*Access-Control-Allow-Methods: HEAD, GET, POST, DELETE, PUT, OPTIONS/i)
})

test('without clients’ certificates nothing but loopback is listened on', async () => {
  const server = createRestServer({} as Engine, { log: silent })
  await expect(server.listenOnTcp({ host: '0.0.0.0', port: 0 })).rejects.toMatchObject({ code: 'AccessDenied' })
  await expect(server.listenOnTcp({ host: '0.0.0.0', port: 0, tls: { key: '', cert: '' } })).rejects.toMatchObject({
    code: 'AccessDenied',
  })
  await expect(server.listenOnTcp({ host: '127.0.0.1', port: 0, tls: { key: 'x', cert: 'y' } })).rejects.toMatchObject({
    code: 'InvalidArgument',
  })
  await server.close()
})

test('a port that is taken is named', async () => {
  const first = createRestServer({} as Engine, { log: silent })
  const { port } = await first.listenOnTcp({ host: '127.0.0.1', port: 0 })
  await expect(first.listenOnTcp({ host: '127.0.0.1', port })).rejects.toMatchObject({
    code: 'StoreUnavailable',
    message: expect.stringContaining(`127.0.0.1:${port}`),
  })
  await first.close()
})

test.each([
  ['localhost', true],
  ['127.9.9.9', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['127.example', false],
  ['192.0.2.1', false],
])('%s is loopback: %s', (host, is) => {
  expect(isLoopback(host)).toBe(is)
})
