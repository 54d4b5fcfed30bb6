import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readdirSync, readlinkSync } from 'node:fs'
import { type AddressInfo, createConnection, createServer } from 'node:net'
import { expect, test } from 'vitest'

import { holdPort } from '../sys/index.ts'
import { forwardPorts } from './forward-ports.ts'

/** A port of this machine that nobody has. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const socketCount = () =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:')
    } catch {
      return false
    }
  }).length

test('TCP is forwarded both ways, and ends with either end', async () => {
  const echo = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)).listen(0, '127.0.0.1')
  await once(echo, 'listening')
  const { port } = echo.address() as AddressInfo
  const outside = await freePort()
  let target: string | undefined = '127.0.0.1'
  await forwardPorts([{ descriptor: holdPort('tcp', '127.0.0.1', outside), protocol: 'tcp', port }], () => target)
  const before = socketCount()
  const client = createConnection(outside, '127.0.0.1')
  const big = Buffer.alloc(3_000_000, 'x')
  client.end(big)
  let size = 0
  for await (const chunk of client) size += (chunk as Buffer).length
  expect(size).toBe(big.length)
  await expect.poll(socketCount).toBe(before)
  target = undefined
  const refused = createConnection(outside, '127.0.0.1')
  refused.resume()
  await once(refused, 'close')
  echo.close()
})

test('a side that reads slowly gets every byte in order, and holds the other back', async () => {
  const total = 40_000_000
  const pattern = Buffer.from(Array.from({ length: 1_000_003 }, (_, at) => at % 251))
  let sent = 0
  const source = createServer((socket) => {
    const more = () => {
      while (sent < total) {
        const at = sent % pattern.length
        const chunk = pattern.subarray(at, Math.min(pattern.length, at + total - sent))
        sent += chunk.length
        if (!socket.write(chunk)) return void socket.once('drain', more)
      }
      socket.end()
    }
    more()
  }).listen(0, '127.0.0.1')
  await once(source, 'listening')
  const { port } = source.address() as AddressInfo
  const outside = await freePort()
  await forwardPorts([{ descriptor: holdPort('tcp', '127.0.0.1', outside), protocol: 'tcp', port }], () => '127.0.0.1')
  const client = createConnection(outside, '127.0.0.1')
  await once(client, 'connect')
  client.pause()
  // Buffers of sockets are full before all is sent.
  let before = -1
  await expect.poll(() => sent > 0 && before === (before = sent), { interval: 100, timeout: 20_000 }).toBe(true)
  expect(sent).toBeLessThan(total)
  let size = 0
  let wrong = 0
  for await (const chunk of client as AsyncIterable<Buffer>)
    for (const byte of chunk) if (byte !== (size++ % pattern.length) % 251) wrong += 1
  expect([size, wrong]).toEqual([total, 0])
  source.close()
})

test('UDP is answered to the one who asked', async () => {
  const echo = createSocket('udp4')
  echo.on('message', (message, { port, address }) => echo.send(`${message.toString()}!`, port, address))
  echo.bind(0, '127.0.0.1')
  await once(echo, 'listening')
  const outside = await freePort()
  const descriptor = holdPort('udp', '127.0.0.1', outside)
  await forwardPorts([{ descriptor, protocol: 'udp', port: echo.address().port }], () => '127.0.0.1')
  const ask = async (text: string) => {
    const socket = createSocket('udp4')
    const answer = once(socket, 'message')
    socket.send(text, outside, '127.0.0.1')
    const [message] = (await answer) as [Buffer]
    socket.close()
    return message.toString()
  }
  expect(await Promise.all([ask('one'), ask('two')])).toEqual(['one!', 'two!'])
  echo.close()
})
