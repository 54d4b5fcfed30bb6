import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { expect, test } from 'vitest'
import { serveFake } from './testing.ts'
import { writeReply } from './write-reply.ts'

test('the head of a request has its time, although the HTTP server does not listen itself', async () => {
  await using api = await serveFake({}, { headersTimeout: 200 })
  const began = performance.now()
  await api.raw('GET /_ping HTTP/1.1\r\nA: ', 25_000)
  expect(performance.now() - began).toBeLessThan(20_000)
})

test('a client that reads nothing of a large answer is cut off; one that reads slowly gets all of it', async () => {
  const body = 'x'.repeat(24 * 1024 * 1024)
  const written: Promise<void>[] = []
  const responses: ServerResponse[] = []
  let timeout = 300
  const server = createServer((_request, response) => {
    responses.push(response)
    written.push(writeReply(response, { status: 200, headers: {}, body }, timeout))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const ask = () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    return socket
  }
  const stuck = ask()
  stuck.pause()
  while (written.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  await written[0]
  expect(responses[0]!.destroyed).toBe(true)
  // It takes longer than this in all.
  timeout = 2000
  const slow = ask()
  const began = performance.now()
  let size = 0
  slow.on('data', (data) => {
    size += data.length
    slow.pause()
    setTimeout(() => slow.resume(), 8)
  })
  await new Promise((resolve) => slow.once('close', resolve))
  expect(size).toBeGreaterThan(body.length)
  expect(performance.now() - began).toBeGreaterThan(timeout)
  stuck.destroy()
  await new Promise((resolve) => server.close(resolve))
}, 30_000)
