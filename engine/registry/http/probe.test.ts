import http from 'node:http'
import net from 'node:net'
import tls from 'node:tls'
import { afterEach, expect, test } from 'vitest'

import { speaksHttp } from './probe.ts'

const servers: net.Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function portOf(server: net.Server): Promise<number> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as net.AddressInfo).port
}

/** A server that does something once it has been greeted. */
const answering = (response: (socket: net.Socket) => void) =>
  net.createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => response(socket))
  })

test('a web server speaks http, and so does one that hangs up', async () => {
  expect(await speaksHttp('127.0.0.1', await portOf(http.createServer()))).toBe(true)
  expect(await speaksHttp('127.0.0.1', await portOf(answering((socket) => socket.end('HTTP/1.0 400 Bad Request\r\n\r\n'))))).toBe(
    true,
  )
  expect(await speaksHttp('127.0.0.1', await portOf(answering((socket) => socket.end())))).toBe(true)
  expect(await speaksHttp('127.0.0.1', await portOf(answering((socket) => socket.resetAndDestroy())))).toBe(true)
})

test('a server with TLS does not, whichever versions it takes and whether or not it has a certificate', async () => {
  for (const options of [{}, { minVersion: 'TLSv1.3' }, { maxVersion: 'TLSv1.2' }] as const) {
    const server = tls.createServer(options).on('tlsClientError', () => {})
    expect(await speaksHttp('127.0.0.1', await portOf(server))).toBe(false)
  }
})

test('in doubt it does not: nothing listens, nothing is said, nobody wants to know any more', async () => {
  const closed = net.createServer()
  const port = await portOf(closed)
  await new Promise((resolve) => closed.close(resolve))
  expect(await speaksHttp('127.0.0.1', port)).toBe(false)

  const stop = new AbortController()
  const silent = speaksHttp('127.0.0.1', await portOf(answering(() => stop.abort())), stop.signal)
  expect(await silent).toBe(false)
})
