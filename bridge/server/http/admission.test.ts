import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterEach, expect, test, vi } from 'vitest'
import { addressKey } from './admission.ts'
import { ensureCertificate } from './certificate.ts'
import { cleanups, scratch, start } from '../fixtures/harness.ts'

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const head = 400
const portOf = (url: string): number => Number(new URL(url).port)

function open(port: number, localAddress = '127.0.0.1'): Socket {
  const socket = connect({ host: '127.0.0.1', port, localAddress })
  socket.on('error', () => {})
  cleanups.push(() => socket.destroy())
  return socket
}

/** Milliseconds that a connection is watched. The server's own times, where a test changes none, are longer. */
const unended = 5000

/** Milliseconds until the server ends a connection. */
async function lifetime(socket: Socket): Promise<number> {
  const began = performance.now()
  const timer = setTimeout(() => socket.destroy(new Error('it was not ended')), unended)
  socket.resume()
  // Not once(): whether the end is a reset is the kernel's choice, where bytes are still on their way.
  await new Promise((resolve) => socket.once('close', resolve))
  clearTimeout(timer)
  return performance.now() - began
}

/** Sends a byte now and then, for ever. */
function drip(socket: Socket): void {
  const timer = setInterval(() => socket.writable && socket.write('a'), 50)
  socket.once('close', () => clearInterval(timer))
}

const tlsHello = Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01])

const write = (text: string | Buffer) => (socket: Socket) => {
  socket.write(text)
}
const dripAfter = (text: string) => (socket: Socket) => {
  socket.write(text)
  drip(socket)
}
const plainHead = 'GET / HTTP/1.1\r\nHost: localhost\r\nA: '

const beginnings: [name: string, secure: boolean, begin: (socket: Socket) => void][] = [
  ['nothing', false, () => {}],
  ['half a head', false, write(plainHead)],
  ['a head byte by byte', false, dripAfter(plainHead)],
  ['nothing, on a TLS port', true, () => {}],
  ['half a plain head, on a TLS port', true, write(plainHead)],
  ['a plain head byte by byte, on a TLS port', true, dripAfter(plainHead)],
  ['half a TLS handshake', true, write(tlsHello)],
  ['half a head in TLS', true, (socket) => beginTls(socket, false)],
  ['a head in TLS byte by byte', true, (socket) => beginTls(socket, true)],
]

test.each(beginnings)('a connection that begins with %s is ended in time', async (_name, secure, begin) => {
  const tls = secure ? await ensureCertificate(scratch()) : undefined
  const { server } = await start({ ...(tls ? { tls } : {}), times: { requestHead: head } })
  const socket = open(portOf(server.url))
  begin(socket)
  const took = await lifetime(socket)
  expect(took).toBeGreaterThan(head / 2)
  expect(took).toBeLessThan(unended)
})

function beginTls(socket: Socket, slowly: boolean): void {
  const secure = connectTls({ socket, rejectUnauthorized: false })
  secure.on('error', () => {})
  secure.once('secureConnect', () => {
    secure.write('GET / HTTP/1.1\r\nHost: localhost\r\nA: ')
    if (slowly) drip(secure)
  })
}

test('the second request of a connection has its time as well, although the TLS server does not listen itself', async () => {
  const { server } = await start({ tls: await ensureCertificate(scratch()), times: { requestHead: 2000 } })
  const secure = connectTls({ host: '127.0.0.1', port: portOf(server.url), rejectUnauthorized: false })
  secure.on('error', () => {})
  secure.write('GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await once(secure, 'data')
  secure.write('GET /ping HTTP/1.1\r\nHost: localhost\r\nA: ')
  drip(secure)
  const began = performance.now()
  await new Promise((resolve) => secure.once('close', resolve))
  // Less than the server's default.
  expect(performance.now() - began).toBeLessThan(9_000)
})

test('the oldest half-open connection of an address is evicted for a new one, and no other address is affected', async () => {
  const { server, get } = await start({ connections: { perLoopback: 8 } })
  const port = portOf(server.url)
  const other = open(port, '127.0.0.9')
  await once(other, 'connect')
  const half: Socket[] = []
  let ended = 0
  for (let count = 0; count < 20; count++) {
    const socket = open(port)
    socket.once('close', () => ended++)
    half.push(socket)
    await once(socket, 'connect')
  }
  expect((await get('/ping')).status).toBe(200)
  expect(ended).toBeGreaterThanOrEqual(12)
  expect(half[0]!.destroyed).toBe(true)
  expect(half.at(-1)!.destroyed).toBe(false)
  expect(other.destroyed).toBe(false)
})

test.each([false, true])(
  'beyond the total limit, new connections are refused if none can be evicted (TLS: %s)',
  async (secure) => {
    let asked = 0
    const { server } = await start({
      connections: { inAll: 4 },
      ...(secure ? { tls: await ensureCertificate(scratch()) } : {}),
      authenticator: { begin: () => new Promise(() => void (asked += 1)) },
      times: { authentication: 10_000 },
    })
    const port = portOf(server.url)
    const request = `GET /cockpit/login HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic ${btoa('a:b')}\r\n\r\n`
    for (let count = 0; count < 4; count++) {
      const socket = secure ? connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false }) : open(port)
      socket.on('error', () => {})
      cleanups.push(() => socket.destroy())
      await once(socket, secure ? 'secureConnect' : 'connect')
      socket.write(request)
    }
    // The heads of the four have to be there.
    await vi.waitFor(() => expect(asked).toBe(4), unended)
    const late = open(port)
    expect(await lifetime(late)).toBeLessThan(unended)
  },
)

test('a request on whose connection nothing moves is ended', async () => {
  const { server } = await start({
    authenticator: { begin: () => new Promise(() => {}) },
    times: { authentication: 10_000, requestIdle: 300 },
  })
  const socket = open(portOf(server.url))
  socket.write(`GET /cockpit/login HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic ${btoa('a:b')}\r\n\r\n`)
  expect(await lifetime(socket)).toBeLessThan(unended)
})

test('an IPv6 address counts for its network', () => {
  expect(addressKey('::ffff:10.0.0.1')).toBe('10.0.0.1')
  expect(addressKey('::1')).toBe('::1')
  expect(addressKey('2001:db8:1:2::5')).toBe(addressKey('2001:db8:1:2:aaaa:bbbb:cccc:dddd'))
  expect(addressKey('2001:db8:1:3::5')).not.toBe(addressKey('2001:db8:1:2::5'))
  expect(addressKey('fe80::1%eth0')).toBe(addressKey('fe80::2%eth0'))
})
