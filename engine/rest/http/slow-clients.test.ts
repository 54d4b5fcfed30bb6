import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net'
import { expect, test } from 'vitest'
import { joinPipe } from './hijack.ts'
import { serveFake } from './testing.ts'
import { writeReply } from './write-reply.ts'

test('the head of a request has its time, although the HTTP server does not listen itself', async () => {
  await using api = await serveFake({}, { headersTimeout: 200 })
  const began = performance.now()
  await api.raw('GET /_ping HTTP/1.1\r\nA: ', 25_000)
  expect(performance.now() - began).toBeLessThan(20_000)
})

test('a client that reads nothing of a stream is cut off, and the stream is ended', async () => {
  let ended = false
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield Buffer.alloc(64 * 1024)
    } finally {
      ended = true
    }
  }
  const written = Promise.withResolvers<void>()
  const server = createServer((_request, response) => {
    void writeReply(response, { status: 200, headers: {}, body: endless() }, { body: 60_000, stream: 200 }).then(written.resolve)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stuck = connect((server.address() as AddressInfo).port, '127.0.0.1').pause()
  stuck.on('error', () => {})
  stuck.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await written.promise
  expect(ended).toBe(true)
  stuck.destroy()
  await new Promise((resolve) => server.close(resolve))
})

test('a client that reads nothing of what it is attached to is disconnected, which detaches it', async () => {
  let closed = false
  const pipe = {
    output: (async function* () {
      while (!closed) yield { stream: 'stdout' as const, data: Buffer.alloc(64 * 1024) }
    })(),
    write: async () => {},
    end: async () => {},
    close: () => void (closed = true),
  }
  const joined = Promise.withResolvers<void>()
  const server = createTcpServer((socket) => {
    void joinPipe(pipe, socket, false, (async function* () {})(), Promise.resolve(), 200).then(joined.resolve)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stuck = connect((server.address() as AddressInfo).port, '127.0.0.1').pause()
  stuck.on('error', () => {})
  await joined.promise
  expect(closed).toBe(true)
  stuck.destroy()
  await new Promise((resolve) => server.close(resolve))
})

test('a client that reads nothing of a large answer is cut off; one that reads slowly gets all of it', async () => {
  const body = 'x'.repeat(24 * 1024 * 1024)
  const written: Promise<void>[] = []
  const responses: ServerResponse[] = []
  let timeout = 300
  const server = createServer((_request, response) => {
    responses.push(response)
    written.push(writeReply(response, { status: 200, headers: {}, body }, { body: timeout, stream: 60_000 }))
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
