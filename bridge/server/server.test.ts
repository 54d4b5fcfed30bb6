import { afterEach, expect, test } from 'vitest'
import { basic, cleanups, fakeAgent, logIn, openPage, start } from './fixtures/harness.ts'

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

test('login: cookie and csrf token; the same session answers without password', async () => {
  const started = await start()
  expect((await started.get('/cockpit/login')).status).toBe(401)
  const response = await started.get('/cockpit/login', { headers: basic('alice', 'geheim: ü') })
  expect(await response.json()).toEqual({ 'csrf-token': expect.any(String) })
  expect(response.headers.get('set-cookie')).toMatch(/^cockpit=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)
  expect(response.headers.get('cache-control')).toBe('no-store')
  const cookie = response.headers.get('set-cookie')!.split(';')[0]!
  expect((await started.get('/cockpit/login', { headers: { Cookie: cookie } })).status).toBe(200)
})

test('refusals look and last the same, whoever the user is', async () => {
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

test('a login that takes too long, or cannot be checked, is said in words', async () => {
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
  const cookie = await logIn(started)
  await expect(openPage(started.server, cookie, { origin: 'https://evil.example' })).rejects.toThrow('403')
  await expect(openPage(started.server, cookie, { origin: null })).rejects.toThrow('403')
  await expect(openPage(started.server, cookie, { path: '/other/socket' })).rejects.toThrow('404')
})

test('without a session the websocket says so and closes', async () => {
  const { server } = await start()
  for (const cookie of [undefined, 'cockpit=guess']) {
    const page = await openPage(server, cookie, { greet: false })
    expect(page.init).toMatchObject({ problem: 'no-session' })
    await page.closed
  }
})

test('channels are routed by page, in the frame type they were opened with', async () => {
  const started = await start()
  const cookie = await logIn(started)
  const one = await openPage(started.server, cookie)
  const two = await openPage(started.server, cookie)
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
  const cookie = await logIn(started)
  const page = await openPage(started.server, cookie, { greet })
  const other = await openPage(started.server, cookie)
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
  const cookie = await logIn(started)
  const one = await openPage(started.server, cookie)
  const two = await openPage(started.server, cookie)
  one.send({ command: 'logout', disconnect: true })
  expect(await two.control('close')).toMatchObject({ problem: 'terminated' })
  await Promise.all([one.closed, two.closed, started.agents[0]!.ended])
  expect((await started.get('/cockpit/login', { headers: { Cookie: cookie } })).status).toBe(401)
})

test('an agent that ends, or talks nonsense, ends its session', async () => {
  const started = await start()
  const page = await openPage(started.server, await logIn(started))
  started.agents[0]!.far.write('nonsense\n')
  expect(await page.control('close')).toMatchObject({ problem: 'protocol-error' })
  const cookie = await logIn(started)
  const other = await openPage(started.server, cookie)
  started.agents[1]!.far.end()
  expect(await other.control('close')).toMatchObject({ problem: 'terminated' })
  expect((await started.get('/cockpit/login', { headers: { Cookie: cookie } })).status).toBe(401)
})

test('sessions without pages end: soon after leaving, later after being cut off', async () => {
  const started = await start({ times: { unused: 60, cutOff: 400 } })
  await logIn(started)
  await started.agents[0]!.ended
  const page = await openPage(started.server, await logIn(started))
  page.socket.close(1001)
  await started.agents[1]!.ended
  const cookie = await logIn(started)
  const cut = await openPage(started.server, cookie)
  cut.socket.terminate()
  await new Promise((resolve) => setTimeout(resolve, 150))
  const back = await openPage(started.server, cookie)
  expect(back.seed).toBe('2:')
})

test('a page that falls silent is cut off', async () => {
  const started = await start({ times: { ping: 20, silence: 100 } })
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

test('a slow page holds up its agent instead of filling the memory', async () => {
  const started = await start()
  const page = await openPage(started.server, await logIn(started))
  page.send({ command: 'open', channel: '1:1', payload: 'echo', binary: 'raw' })
  await page.control('ready')
  const raw = (page.socket as unknown as { _socket: { pause(): void; resume(): void } })._socket
  raw.pause()
  const agent = started.agents[0]!
  const block = Buffer.alloc(64 * 1024)
  let written = 0
  const push = async () => {
    for (let count = 0; count < 1000; count++) {
      if (!agent.send('1:1', block)) await new Promise((resolve) => agent.far.once('drain', resolve))
      written += block.length
    }
  }
  void push()
  await new Promise((resolve) => setTimeout(resolve, 500))
  const held = written
  expect(held).toBeLessThan(40_000_000)
  raw.resume()
  await page.until(() => page.data.length === 1000)
})

test('a local session: its address works once, and its agent is started anew', async () => {
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
  expect([first.status, first.headers.get('location')]).toEqual([303, '/'])
  expect((await started.get(path)).status).toBe(403)
  expect((await started.get('/login/once/guess')).status).toBe(403)
  const cookie = first.headers.get('set-cookie')!.split(';')[0]!
  const page = await openPage(started.server, cookie)
  agents[0]!.far.end()
  expect(await page.control('close')).toMatchObject({ problem: 'disconnected' })
  const back = await openPage(started.server, cookie)
  expect(agents).toHaveLength(2)
  back.send({ command: 'logout' })
  await back.closed
  expect(ended).toBe(1)
})
