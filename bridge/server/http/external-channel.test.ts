import { request as httpRequest } from 'node:http'
import { text as textOf } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { cleanups, logIn, openPage, start } from '../fixtures/harness.ts'

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const archive = {
  payload: 'http-stream2',
  method: 'GET',
  path: '/v5/libpod/images/a/get',
  headers: {},
  unix: '/run/x.sock',
  external: { 'content-disposition': 'attachment; filename="a.tar"', 'content-type': 'application/x-tar' },
}

const encode = (options: object) => Buffer.from(JSON.stringify(options)).toString('base64')

async function ready() {
  const started = await start()
  const keys = await logIn(started)
  const { cookie } = keys
  const page = await openPage(started.server, keys)
  let count = 0
  const ticket = async () => {
    const id = `t${++count}`
    page.send({ command: 'ticket', id, use: 'channel' })
    return String((await page.until(() => page.controls.find((each) => each['id'] === id)))['ticket'])
  }
  const agent = started.agents[0]!
  const ask = async (options: object, changes: { token?: string; headers?: Record<string, string>; signal?: AbortSignal } = {}) =>
    started.get(`/cockpit/channel/${changes.token ?? (await ticket())}?${encodeURIComponent(encode(options))}`, {
      headers: { Cookie: cookie, ...changes.headers },
      signal: changes.signal ?? null,
    })
  const opened = async (count = 1) => {
    for (let round = 0; round < 300; round++) {
      const opens = agent.controls.filter(({ command }) => command === 'open')
      if (opens.length >= count) return opens.at(-1)!
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    throw new Error('no channel was opened')
  }
  const received = (channel: string) => agent.received.get(channel) ?? ''
  return { ...started, agent, ask, opened, ticket, page, cookie, received }
}

test('what a channel gives is the answer, an attachment with the name that was asked for', async () => {
  const { agent, ask, opened } = await ready()
  const asked = ask(archive)
  const open = await opened()
  const channel = open.channel!
  expect(open).toMatchObject({
    payload: 'http-stream2',
    path: archive.path,
    unix: '/run/x.sock',
    binary: 'raw',
    'flow-control': true,
  })
  expect(open).not.toHaveProperty('external')
  agent.send('', { command: 'response', channel, status: 200, reason: 'OK', headers: { 'Content-Length': '10' } })
  agent.send(channel, Buffer.from('hello'))
  agent.send('', { command: 'ping', channel, sequence: 16384 })
  agent.send(channel, Buffer.from('world'))
  agent.send('', { command: 'done', channel })
  agent.send('', { command: 'close', channel })
  const response = await asked
  expect(response.status).toBe(200)
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="a.tar"')
  expect(response.headers.get('content-type')).toBe('application/x-tar')
  expect(response.headers.get('content-length')).toBe('10')
  expect(response.headers.get('content-security-policy')).toContain('sandbox')
  expect(await response.text()).toBe('helloworld')
  expect(agent.controls).toContainEqual({ command: 'pong', channel, sequence: 16384 })
})

test('an answer that is cut off is no whole answer, and a refusal has its status and words', async () => {
  const { agent, ask, opened } = await ready()
  const cut = ask(archive)
  const { channel } = await opened(1)
  agent.send('', { command: 'response', channel, status: 200, reason: 'OK', headers: {} })
  agent.send(channel!, Buffer.from('half'))
  agent.send('', { command: 'close', channel, problem: 'disconnected', message: 'cut' })
  await expect(cut.then((response) => response.text())).rejects.toThrow(/terminated|aborted/)
  const refused = ask(archive)
  const second = (await opened(2)).channel!
  agent.send('', { command: 'response', channel: second, status: 404, reason: 'No', headers: { 'Content-Type': 'text/html' } })
  agent.send(second, Buffer.from('no such image'))
  agent.send('', { command: 'close', channel: second })
  const response = await refused
  expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
    404,
    'text/plain; charset=utf-8',
    'no such image',
  ])
  const unreachable = ask(archive)
  const third = (await opened(3)).channel!
  agent.send('', { command: 'close', channel: third, problem: 'not-found', message: 'There is no engine.' })
  expect([(await unreachable).status, await (await unreachable).text()]).toEqual([404, 'There is no engine.\n'])
})

test('a browser that goes away ends the channel', async () => {
  const { agent, ask, opened } = await ready()
  const stop = new AbortController()
  const asked = ask(archive, { signal: stop.signal })
  const { channel } = await opened()
  agent.send('', { command: 'response', channel, status: 200, reason: 'OK', headers: {} })
  agent.send(channel!, Buffer.from('half'))
  await asked
  stop.abort()
  await expect
    .poll(() =>
      agent.controls.some((each) => each.command === 'close' && each.channel === channel && each['problem'] === 'terminated'),
    )
    .toBe(true)
})

test('a browser that is slow holds the agent back: its pings are answered once it has taken what came before', async () => {
  const { agent, ask, opened } = await ready()
  const asked = ask(archive)
  const { channel } = await opened()
  agent.send('', { command: 'response', channel, status: 200, reason: 'OK', headers: {} })
  const response = await asked
  for (let count = 0; count < 90; count++) agent.send(channel!, Buffer.alloc(64 * 1024))
  agent.send('', { command: 'ping', channel, sequence: 1 })
  const answered = () => agent.controls.some(({ command }) => command === 'pong')
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(answered()).toBe(false)
  agent.send('', { command: 'close', channel })
  let bytes = 0
  for await (const chunk of response.body!) bytes += chunk.length
  expect(bytes).toBe(90 * 64 * 1024)
})

test('an agent that does not wait for a slow browser has the download cut off, and nothing else', async () => {
  const { agent, ask, opened } = await ready()
  const asked = ask(archive)
  const { channel } = await opened()
  agent.send('', { command: 'response', channel, status: 200, reason: 'OK', headers: {} })
  const response = await asked
  for (let count = 0; count < 640; count++) agent.send(channel!, Buffer.alloc(64 * 1024))
  const close = () => agent.controls.find((each) => each.command === 'close' && each.channel === channel)
  for (let round = 0; round < 300 && close() === undefined; round++) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(close()).toMatchObject({ problem: 'too-large' })
  await expect(response.arrayBuffer()).rejects.toThrow('terminated')
})

test('only a page of this session may, only to read, and nothing that shows in the browser', async () => {
  const { server, ask, opened, agent } = await ready()
  expect((await ask(archive, { token: 'A'.repeat(43) })).status).toBe(403)
  expect((await ask(archive, { headers: { 'Sec-Fetch-Site': 'cross-site' } })).status).toBe(403)
  expect((await fetch(`${server.url}/cockpit/channel/x?${encode(archive)}`)).status).toBe(401)
  for (const invalid of [{ ...archive, method: 'POST' }, { payload: 'stream', spawn: ['id'] }, { payload: 7 }, []])
    expect((await ask(invalid)).status).toBe(400)
  expect(agent.controls.filter(({ command }) => command === 'open')).toEqual([])
  const inline = ask({ ...archive, external: { 'content-disposition': 'inline', 'content-type': 'text/html\r\nX: y' } })
  const { channel } = await opened()
  agent.send('', { command: 'response', channel, status: 200, reason: 'OK', headers: {} })
  agent.send('', { command: 'close', channel })
  const response = await inline
  expect([response.headers.get('content-disposition'), response.headers.get('content-type')]).toEqual([
    'attachment',
    'application/octet-stream',
  ])
})

test('a ticket is good once; what a greeting gave is good for as long as its page is open', async () => {
  const { ask, agent, opened, ticket, page } = await ready()
  const end = (channel: string) => {
    agent.send('', { command: 'response', channel, status: 200, reason: 'OK', headers: {} })
    agent.send('', { command: 'close', channel })
  }
  const token = await ticket()
  const first = ask(archive, { token })
  end((await opened(1)).channel!)
  expect((await first).status).toBe(200)
  expect((await ask(archive, { token })).status).toBe(403)
  const greeted = String(page.init['csrf-token'])
  for (const count of [2, 3]) {
    const asked = ask(archive, { token: greeted })
    end((await opened(count)).channel!)
    expect((await asked).status).toBe(200)
  }
  page.socket.close()
  await page.closed
  expect((await ask(archive, { token: greeted })).status).toBe(403)
})

const load = { ...archive, method: 'POST', path: '/v5/libpod/images/load' }

/** Sends a body to a channel, and what the agent got of it. */
async function uploading(changes: { token?: string; headers?: Record<string, string>; open?: object } = {}) {
  const all = await ready()
  const { server, ticket, cookie, agent } = all
  const query = encodeURIComponent(encode(changes.open ?? load))
  const upload = httpRequest(`${server.url}/cockpit/channel/${changes.token ?? (await ticket())}?${query}`, {
    method: 'POST',
    headers: { Cookie: cookie, 'Content-Type': 'application/octet-stream', ...changes.headers },
  })
  const answered = new Promise<{ status: number; text: string }>((resolve, reject) => {
    upload.once('error', reject)
    upload.once('response', (response) => {
      const { statusCode: status = 0 } = response
      textOf(response).then((text) => resolve({ status, text }), reject)
    })
  })
  return { ...all, agent, upload, answered }
}

test('the body of an upload reaches its channel, and the channel’s answer is the response', async () => {
  const { agent, opened, upload, answered, received } = await uploading()
  upload.write('first ')
  const open = await opened()
  expect(open).toMatchObject({ payload: 'http-stream2', method: 'POST', path: load.path, 'send-acks': 'bytes', binary: 'raw' })
  upload.end('last')
  const { channel } = open
  await expect.poll(() => agent.controls.some((each) => each.command === 'done' && each.channel === channel)).toBe(true)
  expect(received(channel!)).toBe('first last')
  agent.send('', { command: 'response', channel, status: 200, reason: 'OK', headers: {} })
  agent.send(channel!, Buffer.from('{"Names":["a"]}'))
  agent.send('', { command: 'close', channel })
  expect(await answered).toEqual({ status: 200, text: 'first last{"Names":["a"]}' })
})

test('an upload waits for a channel that does not take it, and its end is the channel’s', async () => {
  const { agent, opened, upload, answered, received } = await uploading()
  const lost = answered.catch((error: Error) => error)
  const piece = Buffer.alloc(1024 * 1024)
  for (let n = 0; n < 64; n += 1) upload.write(piece)
  const { channel } = await opened()
  const size = () => received(channel!).length
  await expect.poll(size, { timeout: 5000 }).toBeGreaterThan(3 * piece.length)
  await new Promise((resolve) => setTimeout(resolve, 200))
  const waited = size()
  expect(waited).toBeLessThan(8 * piece.length)
  agent.send('', { command: 'ack', channel, bytes: waited })
  await expect.poll(size, { timeout: 5000 }).toBeGreaterThan(waited)
  upload.destroy()
  // What is on its way comes before the end: how much that is, is the kernel's to decide.
  let acknowledged = waited
  const closed = () => {
    const now = size()
    if (now > acknowledged) agent.send('', { command: 'ack', channel, bytes: now - acknowledged })
    acknowledged = now
    return agent.controls.some((each) => each.command === 'close' && each.channel === channel)
  }
  await expect.poll(closed, { timeout: 5000 }).toBe(true)
  expect(await lost).toBeInstanceOf(Error)
})

test.each([
  ['a ticket that is not valid', { token: 'x'.repeat(43) }, 403],
  ['a page of another site', { headers: { 'Sec-Fetch-Site': 'cross-site' } }, 403],
  ['the type of a form', { headers: { 'Content-Type': 'text/plain' } }, 403],
  ['no session', { headers: { Cookie: '' } }, 401],
  ['a channel that only reads', { open: archive }, 400],
  ['a program', { open: { ...load, payload: 'stream', spawn: ['id'] } }, 400],
])('with %s nothing is uploaded', async (_, changes, status) => {
  const { agent, upload, answered } = await uploading(changes)
  upload.end('x')
  expect((await answered).status).toBe(status)
  expect(agent.controls.filter(({ command }) => command === 'open')).toEqual([])
})
