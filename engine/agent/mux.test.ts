import { expect, test } from 'vitest'
import { createServer, request } from 'node:http'
import { type Duplex, duplexPair } from 'node:stream'
import { openMux } from './mux.ts'
import { encodeFrame } from './mux-frame.ts'

function pair() {
  const [near, far] = duplexPair()
  const accepted: Duplex[] = []
  const client = openMux(near, { odd: true })
  const server = openMux(far, { odd: false, accept: (connection) => accepted.push(connection) })
  const accept = async (): Promise<Duplex> => {
    while (accepted.length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    return accepted.shift()!
  }
  return { client, server, accept, near, far }
}

const text = async (source: Duplex): Promise<string> => {
  let all = ''
  for await (const data of source) all += String(data)
  return all
}

test('connections carry bytes both ways and end each direction by itself', async () => {
  const { client, accept } = pair()
  const one = client.open()
  one.end('question')
  const other = await accept()
  expect(await text(other)).toBe('question')
  other.end('answer')
  expect(await text(one)).toBe('answer')
})

test('a reader that waits holds up only its own writer', async () => {
  const { client, accept } = pair()
  const slow = client.open()
  const slowEnd = await accept()
  let written = 0
  const write = (): void => {
    while (written < 2_000_000 && slow.write(Buffer.alloc(50_000))) written += 50_000
    if (written < 2_000_000) slow.once('drain', write)
    else slow.end()
  }
  write()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(written).toBeLessThan(600_000)
  const quick = client.open()
  quick.end('through')
  expect(await text(await accept())).toBe('through')
  let size = 0
  for await (const data of slowEnd) size += (data as Buffer).length
  expect(size).toBeGreaterThanOrEqual(2_000_000)
})

test('destroying one side resets the other, with the reason', async () => {
  const { client, accept } = pair()
  const one = client.open()
  const other = await accept()
  const failure = new Promise<Error>((resolve) => one.once('error', resolve))
  other.destroy(new Error('enough'))
  expect((await failure).message).toBe('enough')
  expect(one.destroyed).toBe(true)
})

test('the end of the carrier ends every connection as EngineUnreachable, and no new one begins', async () => {
  const { client, near, far, accept } = pair()
  const one = client.open()
  await accept()
  const failure = new Promise<Error>((resolve) => one.once('error', resolve))
  far.destroy()
  near.destroy()
  expect(await failure).toMatchObject({ code: 'EngineUnreachable' })
  await client.closed
  expect(() => client.open()).toThrow(/ended/)
})

test.each([
  ['an unknown kind', encodeFrame(2, 9 as never)],
  ['a frame that is too long', Buffer.from([0, 0, 0, 2, 1, 255, 255, 255, 255])],
  ['a number that is not its own', encodeFrame(1, 0)],
])('%s ends the carrier', async (_name, bytes) => {
  const { client, far } = pair()
  far.write(bytes)
  await expect(client.closed).resolves.toBeUndefined()
})

test('HTTP works over it, many requests at once', async () => {
  const { client } = (() => {
    const [near, far] = duplexPair()
    const server = createServer((incoming, response) => response.end(`saw ${incoming.url}`))
    openMux(far, { odd: false, accept: (connection) => server.emit('connection', connection) })
    return { client: openMux(near, { odd: true }) }
  })()
  const get = (path: string) =>
    new Promise<string>((resolve, reject) => {
      request(
        { path, createConnection: () => client.open() },
        (response) => void text(response as unknown as Duplex).then(resolve, reject),
      )
        .once('error', reject)
        .end()
    })
  const answers = await Promise.all(Array.from({ length: 50 }, (_, at) => get(`/${at}`)))
  expect(answers[49]).toBe('saw /49')
})
