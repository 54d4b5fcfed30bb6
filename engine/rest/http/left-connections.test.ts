import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import type { Engine, Pipe } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { createRestServer, type RestServer } from './server.ts'

// A client that leaves takes its connection with it, whatever it had asked for.

let served: RestServer
let open: Set<Socket>
let path: string
let closeAll: () => Promise<void>
let detached: boolean
let warnings: string[]

/** A process that says nothing. */
function silentPipe(): Pipe {
  const over = Promise.withResolvers<void>()
  return {
    output: { [Symbol.asyncIterator]: () => ({ next: () => over.promise.then(() => ({ done: true, value: undefined })) }) },
    write: async () => {},
    end: async () => {},
    close: () => {
      detached = true
      over.resolve()
    },
  }
}

beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-rest-'))
  path = join(folder, 'api.sock')
  open = new Set()
  detached = false
  warnings = []
  const silent = (): void => {}
  const engine = {
    'container.inspect': ({ name }: { name: string }) => {
      if (name === 'missing') throw new EngineError('ContainerNotFound', 'There is none.')
      return { Config: { Tty: true } }
    },
    'container.attach': async () => silentPipe(),
    'container.create': () => ({ Id: '1', Warnings: [] }),
    'image.load': async ({ body }: { body: AsyncIterable<Uint8Array> }) => {
      for await (const _ of body);
    },
  }
  served = createRestServer(engine as unknown as Engine, {
    log: { error: silent, warn: (line: string) => void warnings.push(line), info: silent, debug: silent },
  })
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    served.handle(socket)
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  closeAll = async () => {
    for (const socket of open) socket.destroy()
    await served.close()
    server.close()
    rmSync(folder, { recursive: true })
  }
})
afterEach(() => closeAll())

const attach = (name: string, more = ''): string =>
  `POST /libpod/containers/${name}/attach HTTP/1.1\r\nHost: d\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n${more}\r\n`

/** Sends, and resolves with the client's end once the head of the answer has come. */
function send(text: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path, allowHalfOpen: true }, () => socket.write(text))
    socket.once('data', () => resolve(socket))
    socket.on('error', reject)
  })
}

async function allClosed(): Promise<void> {
  await expect.poll(() => open.size, { timeout: 4000 }).toBe(0)
}

test.each([
  ['that sends no more', attach('missing')],
  ['that sends what was not asked for', `${attach('missing')}more\r\n\r\n`],
  ['that gives no length', `${attach('missing', 'Transfer-Encoding: chunked\r\n')}0\r\n\r\n`],
  ['whose body does not come', attach('missing', 'Content-Length: 10\r\n')],
])('a refused attach of a client %s', async (_, text) => {
  const client = await send(text)
  client.destroy()
  await allClosed()
})

test('an attach to a process that says nothing', async () => {
  const client = await send(attach('a'))
  client.destroy()
  await allClosed()
  expect(detached).toBe(true)
})

test('an attach whose client has ended its input stays', async () => {
  const client = await send(attach('a'))
  const other = await send(attach('a'))
  client.end()
  other.destroy()
  await expect.poll(() => open.size, { timeout: 4000 }).toBe(1)
  expect(client.destroyed).toBe(false)
  client.destroy()
  await allClosed()
})

test.each(['containers/create', 'images/load'])('a request to %s that is given up is no fault of ours', async (where) => {
  const client = connect(path, () => client.write(`POST /libpod/${where} HTTP/1.1\r\nHost: d\r\nContent-Length: 9\r\n\r\n{"a"`))
  await expect.poll(() => open.size).toBe(1)
  client.end()
  await allClosed()
  await expect.poll(() => warnings).toEqual([])
})
