import { afterEach, expect, test } from 'vitest'
import { FlowSender } from '../protocol/index.ts'
import { budgetOf } from './tabs/budgets.ts'
import { basic, cleanups, fakeAgent, type Keys, logIn, openPage, start } from './fixtures/harness.ts'

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

test('login: a cookie for this port, and a secret that is sent once', async () => {
  const started = await start()
  expect((await started.get('/cockpit/login')).status).toBe(401)
  const response = await started.get('/cockpit/login', { headers: basic('alice', 'geheim: ü') })
  expect(await response.json()).toEqual({ 'session-secret': expect.stringMatching(/^[\w-]{43}$/) })
  expect(response.headers.get('set-cookie')).toMatch(
    new RegExp(`^cockpit-${started.server.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`),
  )
  expect(response.headers.get('cache-control')).toBe('no-store')
  const cookie = response.headers.get('set-cookie')!.split(';')[0]!
  const again = await started.get('/cockpit/login', { headers: { Cookie: cookie } })
  expect([again.status, await again.json()]).toEqual([401, { problem: 'no-session', message: 'Log in first.' }])
})

test('refusals look and last the same for every user', async () => {
  const { get } = await start()
  const seen = []
  for (const [user, password] of [
    ['alice', 'wrong'],
    ['nobody', 'wrong'],
    ['', ''],
    ['root', 'geheim: ü'],
  ] as const) {
    const began = performance.now()
    const response = await get('/cockpit/login', { headers: basic(user, password) })
    expect(performance.now() - began).toBeGreaterThan(115)
    seen.push([response.status, await response.text(), response.headers.get('set-cookie')])
  }
  expect(new Set(seen.map((each) => JSON.stringify(each))).size).toBe(1)
  expect(seen[0]![0]).toBe(401)
})

test('a question is asked and answered once; a wrong answer is a refusal', async () => {
  const { get } = await start()
  const ask = async () => {
    const response = await get('/cockpit/login', { headers: basic('alice', 'ask') })
    expect(response.status).toBe(401)
    return /^X-Conversation (\S+) (\S+)$/.exec(response.headers.get('www-authenticate')!)!
  }
  const answer = (id: string, text: string) =>
    get('/cockpit/login', { headers: { Authorization: `X-Conversation ${id} ${btoa(text)}` } })
  const [, id, prompt] = await ask()
  expect(atob(prompt!)).toBe('Code?')
  expect((await answer(id!, '42')).status).toBe(200)
  expect((await answer(id!, '42')).status).toBe(401)
  const [, second] = await ask()
  expect((await answer(second!, '41')).status).toBe(401)
  const [, third] = await ask()
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect((await answer(third!, '42')).status).toBe(401)
})

test('a login that times out or cannot be checked is refused with a message', async () => {
  const { get } = await start()
  const slow = await get('/cockpit/login', { headers: basic('slow', 'x') })
  expect([slow.status, ((await slow.json()) as { problem: string }).problem]).toEqual([401, 'timeout'])
  const broken = await get('/cockpit/login', { headers: basic('broken', 'x') })
  expect([broken.status, await broken.json()]).toEqual([
    500,
    { problem: 'internal-error', message: 'The login service is away.' },
  ])
})

test('another site may neither log in nor open the websocket', async () => {
  const started = await start()
  expect(
    (await started.get('/cockpit/login', { headers: { ...basic('alice', 'geheim: ü'), 'Sec-Fetch-Site': 'cross-site' } })).status,
  ).toBe(403)
  const keys = await logIn(started)
  await expect(openPage(started.server, keys, { origin: 'https://evil.example' })).rejects.toThrow('403')
  await expect(openPage(started.server, keys, { origin: null })).rejects.toThrow('403')
  await expect(openPage(started.server, keys, { path: '/other/socket' })).rejects.toThrow('404')
})

test('without a session the websocket reports it and closes', async () => {
  const { server } = await start()
  for (const keys of [undefined, { cookie: `cockpit-${server.port}=guess`, secret: 'A'.repeat(43) }]) {
    const page = await openPage(server, keys, { greet: false })
    expect(page.init).toMatchObject({ problem: 'no-session' })
    await page.closed
  }
})

test('channels are routed by page, in the frame type they were opened with', async () => {
  const started = await start()
  const keys = await logIn(started)
  const one = await openPage(started.server, keys)
  const two = await openPage(started.server, keys)
  expect([one.seed, two.seed]).toEqual(['1:', '2:'])
  one.send({ command: 'open', channel: '1:1', payload: 'echo' })
  two.send({ command: 'open', channel: '2:1', payload: 'echo', binary: 'raw' })
  one.socket.send('1:1\nhallo')
  two.socket.send(Buffer.from('2:1\nbytes'))
  await one.until(() => one.data.length > 0)
  await two.until(() => two.data.length > 0)
  expect(one.data).toEqual([{ channel: '1:1', payload: 'hallo', binary: false }])
  expect(two.data).toEqual([{ channel: '2:1', payload: 'bytes', binary: true }])
  one.socket.close()
  const agent = started.agents[0]!
  await two.until(() =>
    agent.controls.find((each) => each.command === 'close' && each.channel === '1:1' && each['problem'] === 'disconnected'),
  )
  two.socket.send(Buffer.from('2:1\nmore'))
  await two.until(() => two.data.length === 2)
})

test.each([
  [
    'no init',
    (page: Awaited<ReturnType<typeof openPage>>) => page.send({ command: 'open', channel: '1:1', payload: 'echo' }),
    false,
    'protocol-error',
  ],
  [
    'a second init',
    (page: Awaited<ReturnType<typeof openPage>>) => page.send({ command: 'init', version: 1 }),
    true,
    'protocol-error',
  ],
  [
    'text without a channel line',
    (page: Awaited<ReturnType<typeof openPage>>) => page.socket.send('hello'),
    true,
    'protocol-error',
  ],
  [
    'control that is no JSON',
    (page: Awaited<ReturnType<typeof openPage>>) => page.socket.send('\nhello'),
    true,
    'protocol-error',
  ],
  [
    'a channel of another page',
    (page: Awaited<ReturnType<typeof openPage>>) => page.socket.send('7:1\nhello'),
    true,
    'protocol-error',
  ],
  [
    'control of 100 KiB',
    (page: Awaited<ReturnType<typeof openPage>>) => page.send({ command: 'x', pad: 'x'.repeat(100_000) }),
    true,
    'too-large',
  ],
] as const)('%s closes that page and no other', async (_name, act, greet, problem) => {
  const started = await start()
  const keys = await logIn(started)
  const page = await openPage(started.server, keys, { greet })
  const other = await openPage(started.server, keys)
  act(page)
  expect(await page.control('close')).toMatchObject({ problem })
  await page.closed
  other.send({ command: 'ping', mark: 1 })
  await other.until(() => other.controls.find((each) => each.command === 'pong' && each['mark'] === 1))
})

test('a message of 128 KiB is refused by closing with 1009; data for an unknown channel is dropped', async () => {
  const started = await start()
  const page = await openPage(started.server, await logIn(started))
  page.socket.send('1:99\nlate')
  page.socket.send(`1:1\n${'x'.repeat(128 * 1024)}`)
  expect(await page.closed).toBe(1009)
  expect(started.agents[0]!.controls.map(({ command }) => command)).toEqual(['init'])
})

test('logging out ends agent, session and every page', async () => {
  const started = await start()
  const keys = await logIn(started)
  const one = await openPage(started.server, keys)
  const two = await openPage(started.server, keys)
  one.send({ command: 'logout', disconnect: true })
  expect(await two.control('close')).toMatchObject({ problem: 'terminated' })
  await Promise.all([one.closed, two.closed, started.agents[0]!.ended])
  expect((await openPage(started.server, keys, { greet: false })).init).toMatchObject({ problem: 'no-session' })
})

test('an agent that ends, or talks nonsense, ends its session', async () => {
  const started = await start()
  const page = await openPage(started.server, await logIn(started))
  started.agents[0]!.far.write('nonsense\n')
  expect(await page.control('close')).toMatchObject({ problem: 'protocol-error' })
  const keys = await logIn(started)
  const other = await openPage(started.server, keys)
  started.agents[1]!.far.end()
  expect(await other.control('close')).toMatchObject({ problem: 'terminated' })
  expect((await openPage(started.server, keys, { greet: false })).init).toMatchObject({ problem: 'no-session' })
})

test('sessions without pages end: soon after leaving, later after being cut off', async () => {
  const started = await start({ times: { sessionIdle: 500, sessionDisconnected: 20_000 } })
  await logIn(started)
  await started.agents[0]!.ended
  const page = await openPage(started.server, await logIn(started))
  page.socket.close(1001)
  await started.agents[1]!.ended
  const keys = await logIn(started)
  const cut = await openPage(started.server, keys)
  cut.socket.terminate()
  await new Promise((resolve) => setTimeout(resolve, 700))
  const back = await openPage(started.server, keys)
  expect(back.seed).toBe('2:')
})

test('a page that falls silent is cut off', async () => {
  const started = await start({ times: { ping: 20, pageIdle: 100 } })
  const page = await openPage(started.server, await logIn(started))
  page.socket.pong = () => {}
  ;(page.socket as unknown as { _socket: { pause(): void } })._socket.pause()
  const agent = started.agents[0]!
  page.send({ command: 'open', channel: '1:1', payload: 'echo' })
  expect(await page.until(() => agent.controls.find((each) => each.command === 'close'))).toMatchObject({
    channel: '1:1',
    problem: 'disconnected',
  })
})

/** A page that does not read until resumed. */
async function slowPage(started: Awaited<ReturnType<typeof start>>, keys: Keys) {
  const page = await openPage(started.server, keys)
  page.send({ command: 'open', channel: `${page.seed}1`, payload: 'echo', binary: 'raw' })
  await page.control('ready')
  const raw = (page.socket as unknown as { _socket: { pause(): void; resume(): void } })._socket
  raw.pause()
  return { ...page, raw }
}

test('every channel has flow control: an agent waits for a slow page, and loses nothing', async () => {
  const started = await start()
  const page = await slowPage(started, await logIn(started))
  const agent = started.agents[0]!
  const open = agent.controls.find(({ command }) => command === 'open')
  expect(open).toMatchObject({ 'flow-control': true, payload: 'echo', binary: 'raw' })
  const flow = new FlowSender()
  const block = Buffer.alloc(16 * 1024)
  const acknowledged = () => agent.controls.findLast(({ command }) => command === 'pong')?.['sequence']
  let written = 0
  const push = async () => {
    while (written < 1000 * block.length) {
      flow.acknowledge(acknowledged())
      if (!flow.open) {
        await new Promise((resolve) => setTimeout(resolve, 1))
        continue
      }
      agent.send('1:1', block)
      written += block.length
      const sequence = flow.sent(block.length)
      if (sequence !== undefined) agent.send('', { command: 'ping', channel: '1:1', sequence })
      if (written % (64 * block.length) === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
  const pushed = push()
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(written).toBeLessThan(12_000_000)
  page.raw.resume()
  await page.until(() => page.data.length === 1000)
  await pushed
  expect(page.controls.some(({ command, channel }) => command === 'ping' && channel !== undefined)).toBe(false)
})

test('a page that does not read while its agent sends on is ended; another page of the session notices nothing', async () => {
  const started = await start()
  const keys = await logIn(started)
  const page = await slowPage(started, keys)
  const other = await openPage(started.server, keys)
  const agent = started.agents[0]!
  for (let count = 0; count < 640; count++) agent.send('1:1', Buffer.alloc(64 * 1024))
  await other.until(() =>
    agent.controls.some((each) => each.command === 'close' && each.channel === '1:1' && each['problem'] === 'too-large'),
  )
  page.raw.resume()
  expect(await page.closed).toBe(1006)
  other.send({ command: 'open', channel: '2:1', payload: 'echo' })
  other.socket.send('2:1\nhallo')
  await other.until(() => other.data.length === 1)
})

test('an open that grows too large on its way closes its page, and not the agent', async () => {
  const started = await start()
  const keys = await logIn(started)
  const page = await openPage(started.server, keys)
  const other = await openPage(started.server, keys)
  const numbers = Array.from({ length: 10_000 }, () => '1e20').join(',')
  page.socket.send(`\n{"command":"open","channel":"1:1","payload":"echo","x":[${numbers}]}`)
  expect(await page.control('close')).toMatchObject({ problem: 'too-large' })
  other.send({ command: 'open', channel: '2:1', payload: 'echo' })
  await other.control('ready')
})

test('what waits for a page that is cut off is freed at once', async () => {
  const started = await start()
  const page = await slowPage(started, await logIn(started))
  const agent = started.agents[0]!
  for (let count = 0; count < 90; count++) agent.send('1:1', Buffer.alloc(64 * 1024))
  await page.until(() => budgetOf('alice').held > 1_000_000)
  page.socket.terminate()
  await page.until(() => budgetOf('alice').held === 0)
})

test('a page that sends pings and reads no answers is not read any more', async () => {
  const started = await start()
  const page = await slowPage(started, await logIn(started))
  const message = `\n${JSON.stringify({ command: 'ping', pad: 'x'.repeat(60_000) })}`
  for (let count = 0; count < 500; count++) page.socket.send(message)
  // Until the server reads no more.
  for (let before = Infinity; page.socket.bufferedAmount < before;) {
    before = page.socket.bufferedAmount
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  // What has not been read of 30 MB is still here, or in the kernel.
  expect(page.socket.bufferedAmount).toBeGreaterThan(10_000_000)
  page.raw.resume()
  await page.until(() => page.controls.filter(({ command }) => command === 'pong').length === 500)
}, 20_000)

test('a local session: its address works once, and its agent is started again', async () => {
  const agents: ReturnType<typeof fakeAgent>[] = []
  let ended = 0
  const started = await start({
    authenticator: undefined,
    local: {
      user: 'me',
      ended: () => ended++,
      startAgent: () => {
        const agent = fakeAgent()
        agents.push(agent)
        return agent.near
      },
    },
  })
  expect(await (await started.get('/cockpit/login')).json()).toMatchObject({ problem: 'not-supported' })
  const path = new URL(started.server.oneTimeUrl()).pathname
  const first = await started.get(path)
  expect(first.status).toBe(303)
  const [, ticket] = /^\/#ticket=([\w-]{43})$/.exec(first.headers.get('location')!)!
  expect((await started.get(path)).status).toBe(403)
  expect((await started.get('/login/once/guess')).status).toBe(403)
  const cookie = first.headers.get('set-cookie')!.split(';')[0]!
  expect((await openPage(started.server, { cookie }, { greet: false })).init).toMatchObject({ problem: 'no-session' })
  const redeem = (scheme: string) =>
    started.get('/cockpit/login', { headers: { Cookie: cookie, Authorization: `${scheme} ${ticket}` } })
  expect((await redeem('Ticket')).status).toBe(401)
  const { 'session-secret': secret } = (await (await redeem('Once')).json()) as { 'session-secret': string }
  expect((await redeem('Once')).status).toBe(401)
  const keys = { cookie, secret }
  const page = await openPage(started.server, keys)
  agents[0]!.far.end()
  expect(await page.control('close')).toMatchObject({ problem: 'disconnected' })
  const back = await openPage(started.server, keys)
  expect(agents).toHaveLength(2)
  back.send({ command: 'logout' })
  await back.closed
  expect(ended).toBe(1)
})
