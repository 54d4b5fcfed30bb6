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
