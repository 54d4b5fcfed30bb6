import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { dockerDaemon } from './docker-daemon.ts'

let folder: string
let server: Server | undefined
const host = (): string => `unix://${join(folder, 'd.sock')}`

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-daemon-'))
})
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  rmSync(folder, { recursive: true, force: true })
})

async function serve(answer: RequestListener): Promise<void> {
  server = createServer(answer)
  await new Promise<void>((resolve) => server!.listen(join(folder, 'd.sock'), resolve))
}

async function* pieces(count: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) yield Buffer.alloc(64 * 1024)
}

test('what is sent arrives whole, and the answer is handed back', async () => {
  await serve((request, answer) => {
    let size = 0
    request.on('data', (piece: Buffer) => (size += piece.length))
    request.on('end', () => answer.end(`{"stream":"${request.method} ${request.url} ${size}"}`))
  })
  const said = await dockerDaemon({ daemonHost: host() }).post('/images/load', pieces(50))
  expect(said).toBe(`{"stream":"POST /images/load ${50 * 64 * 1024}"}`)
})

test('a refusal in the middle of the body is the reason that is given', async () => {
  await serve((request, answer) => {
    request.once('data', () => answer.writeHead(400).end('{"message":"no such thing"}'))
  })
  const sending = dockerDaemon({ daemonHost: host() }).post('/images/load', pieces(10_000))
  await expect(sending).rejects.toMatchObject({ code: 'ProgramFailed', message: expect.stringContaining('no such thing') })
})

test.each([
  [404, 'ImageUnknown'],
  [500, 'ProgramFailed'],
])('the status %i is %s, and an endless reason is cut off', async (status, code) => {
  await serve((_, answer) => {
    answer.writeHead(status)
    const more = (): void => void (answer.writable && answer.write(Buffer.alloc(64 * 1024, 'x'), more))
    more()
  })
  const asking = dockerDaemon({ daemonHost: host() }).get('/images/x/get')
  const error = (await asking.catch((reason: unknown) => reason)) as Error
  expect(error).toMatchObject({ code })
  expect(error.message.length).toBeLessThan(1000)
})

test('a connection that breaks says so', async () => {
  await serve((request, answer) => {
    if (request.method === 'POST') return void request.once('data', () => request.socket.destroy())
    answer.writeHead(200, { 'content-length': '1000' }).write('half', () => answer.destroy())
  })
  const daemon = dockerDaemon({ daemonHost: host() })
  await expect(Array.fromAsync(await daemon.get('/images/x/get'))).rejects.toMatchObject({ code: 'EngineUnreachable' })
  await expect(daemon.post('/images/load', pieces(10_000))).rejects.toMatchObject({ code: 'EngineUnreachable' })
})

test('nobody there, no address, and a cancelled question', async () => {
  await expect(dockerDaemon({ daemonHost: host() }).get('/x')).rejects.toMatchObject({ code: 'EngineUnreachable' })
  for (const bad of ['unix://relative', 'ftp://x', 'x']) expect(() => dockerDaemon({ daemonHost: bad })).toThrow('is not one')
  await serve(() => {})
  const asking = dockerDaemon({ daemonHost: host(), signal: AbortSignal.timeout(50) }).get('/x')
  await expect(asking).rejects.toMatchObject({ code: 'Cancelled' })
})
