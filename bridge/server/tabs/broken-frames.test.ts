import { connect } from 'node:net'

import { afterEach, expect, test } from 'vitest'

import { cleanups, type Keys, logIn, openPage, start } from '../fixtures/harness.ts'

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** Frames that a websocket may not carry (RFC 6455, section 5.2): masked as a client's are, with no or little content. */
const frames: Readonly<Record<string, Buffer>> = {
  'an opcode that is none': Buffer.from([0x8d, 0x80, 0, 0, 0, 0]),
  'a reserved bit': Buffer.from([0xc1, 0x80, 0, 0, 0, 0]),
  'no mask': Buffer.from([0x81, 0x01, 0x61]),
  'a length beyond all bounds': Buffer.from([0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]),
  'text that is not UTF-8': Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0xff]),
  'a continuation of nothing': Buffer.from([0x80, 0x80, 0, 0, 0, 0]),
  'a close with half a code': Buffer.from([0x88, 0x81, 0, 0, 0, 0, 0x03]),
}

/** Asks for a websocket and sends a frame at once; resolves when the server has ended the connection. */
function sendFrame(url: string, keys: Keys | undefined, frame: Buffer): Promise<string> {
  const { host, port } = new URL(url)
  const head = [
    'GET /cockpit/socket HTTP/1.1',
    `Host: ${host}`,
    `Origin: http://${host}`,
    ...(keys === undefined ? [] : [`Cookie: ${keys.cookie}`]),
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    `Sec-WebSocket-Protocol: ${['cockpit1', ...(keys === undefined ? [] : [`session.${keys.secret}`])].join(', ')}`,
  ].join('\r\n')
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(Buffer.concat([Buffer.from(`${head}\r\n\r\n`), frame])))
    socket.on('data', (data) => (text += data.toString('latin1')))
    socket.on('error', () => {})
    socket.on('close', () => resolve(text))
  })
}

test.each(Object.entries(frames))('a frame with %s ends its own connection alone', async (_, frame) => {
  const started = await start()
  const keys = await logIn(started)
  const page = await openPage(started.server, keys)
  // Without a session, and with one.
  expect(await sendFrame(started.server.url, undefined, frame)).toContain('no-session')
  expect(await sendFrame(started.server.url, keys, frame)).toContain('channel-seed')
  expect((await started.get('/ping')).status).toBe(200)
  page.send({ command: 'ping', cookie: 'still there' })
  await page.until(() => page.controls.find((each) => each.command === 'pong' && each['cookie'] === 'still there'))
})

test('a broken frame of a page beyond the session’s limit closes only its own connection', async () => {
  const started = await start()
  const keys = await logIn(started)
  for (let pages = 0; pages < 32; pages++) await openPage(started.server, keys)
  expect(await sendFrame(started.server.url, keys, frames['an opcode that is none']!)).toContain('too many open pages')
  expect((await started.get('/ping')).status).toBe(200)
})
