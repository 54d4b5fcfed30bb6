import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'

import { taken } from './hijack.ts'

test('what follows the head of an answer waits until the client has read the head', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'berth-hijack-'))
  const server = createServer().listen(path.join(folder, 'socket'))
  await once(server, 'listening')
  const client = connect(path.join(folder, 'socket')).pause()
  const [socket] = (await once(server, 'connection')) as [Socket]
  try {
    socket.write('head')
    let done = false
    const waiting = taken(socket).then(() => (done = true))
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 1))
    expect(done).toBe(false)
    client.resume()
    await waiting
    expect(socket.bytesWritten).toBe(4)
  } finally {
    client.destroy()
    socket.destroy()
    server.close()
    rmSync(folder, { recursive: true })
  }
})

test('a connection within this process has nothing to wait for', async () => {
  const stream = new PassThrough()
  stream.write('head')
  await taken(stream)
})
