import { afterEach, expect, test } from 'vitest'
import { flowWindow } from '../protocol/index.ts'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createServer as createNetServer } from 'node:net'
import { join } from 'node:path'
import { type Duplex, duplexPair } from 'node:stream'
import { cleanups, scratch, startAgent } from './fixtures/harness.ts'
import { type Endpoint } from './index.ts'

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

test('an agent greets, answers pings and echoes until done', async () => {
  const agent = startAgent()
  await agent.until(() => agent.controls.find((each) => each.command === 'init' && each['version'] === 1))
  agent.send('', { command: 'ping', cookie: 7 })
  await agent.until(() => agent.controls.find((each) => each.command === 'pong' && each['cookie'] === 7))
  agent.open('1:1', { payload: 'echo' })
  await agent.control('ready', '1:1')
  agent.send('1:1', 'grüße')
  agent.send('', { command: 'done', channel: '1:1' })
  await agent.control('done', '1:1')
  expect(await agent.control('close', '1:1')).not.toHaveProperty('problem')
  expect(agent.text('1:1')).toBe('grüße')
})

test.each([
  ['data before init', (agent: ReturnType<typeof startAgent>) => agent.send('1:1', 'x')],
  ['open before init', (agent: ReturnType<typeof startAgent>) => agent.open('1:1', { payload: 'echo' })],
  ['control that is not JSON', (agent: ReturnType<typeof startAgent>) => agent.send('', 'hello')],
  ['a broken length', (agent: ReturnType<typeof startAgent>) => agent.near.write('hello\n')],
])('%s ends the connection with protocol-error', async (_name, act) => {
  const agent = startAgent({ greet: false })
  act(agent)
  expect(await agent.agent.closed).toMatchObject({ problem: 'protocol-error' })
  // The server gets the reason.
  await agent.until(() => agent.controls.find((each) => each.command === 'close' && each['problem'] === 'protocol-error'))
})

test('a second init, and opening a channel twice, are protocol errors', async () => {
  const agent = startAgent()
  agent.send('', { command: 'init', version: 1 })
  expect(await agent.agent.closed).toMatchObject({ problem: 'protocol-error' })
  const other = startAgent()
  other.open('1:1', { payload: 'null' })
  other.open('1:1', { payload: 'null' })
  expect(await other.agent.closed).toMatchObject({ problem: 'protocol-error' })
})

test.each([
  ['an unknown payload', { payload: 'nosuch' }, 'not-supported'],
  ['another host', { payload: 'echo', host: 'elsewhere' }, 'not-supported'],
  ['a stream to nowhere', { payload: 'stream' }, 'protocol-error'],
  ['a relative socket', { payload: 'stream', unix: 'x.sock' }, 'protocol-error'],
  ['a port of another host', { payload: 'stream', port: 80, address: '192.0.2.1' }, 'not-supported'],
  ['a socket that is not there', { payload: 'stream', unix: '/nosuch/socket' }, 'not-found'],
  ['a program that is not there', { payload: 'stream', spawn: ['/nosuch/program'] }, 'not-found'],
  ['a terminal for a program that is not there', { payload: 'stream', spawn: ['nosuch-program'], pty: true }, 'not-found'],
  ['a spawn that is no list', { payload: 'stream', spawn: 'true' }, 'protocol-error'],
  ['an environment that is none', { payload: 'stream', spawn: ['true'], environ: ['x'] }, 'protocol-error'],
  [
    'a header that is none',
    { payload: 'http-stream2', unix: '/x', method: 'GET', path: '/', headers: { 'a b': 'c' } },
    'protocol-error',
  ],
  [
    'a header that smuggles',
    { payload: 'http-stream2', unix: '/x', method: 'GET', path: '/', headers: { a: 'b\r\nc: d' } },
    'protocol-error',
  ],
  ['a path that smuggles', { payload: 'http-stream2', unix: '/x', method: 'GET', path: '/ HTTP/1.1\r\nX: y' }, 'protocol-error'],
  ['another bus', { payload: 'dbus-json3', bus: 'system' }, 'not-supported'],
  ['an unknown metric', { payload: 'metrics1', source: 'internal', metrics: [{ name: 'nosuch' }] }, 'not-supported'],
  [
    'a negative interval',
    { payload: 'metrics1', source: 'internal', interval: -5, metrics: [{ name: 'memory.used' }] },
    'protocol-error',
  ],
  ['a relative file', { payload: 'fsread1', path: 'etc/passwd' }, 'protocol-error'],
  ['a folder as file', { payload: 'fsread1', path: '/etc' }, 'not-supported'],
  ['a large file', { payload: 'fsread1', path: '/etc/passwd', max_read_size: 3 }, 'too-large'],
])('opening %s closes that channel and nothing else', async (_name, options, problem) => {
  const agent = startAgent()
  agent.open('1:1', options)
  const close = await agent.control('close', '1:1')
  expect(close).toMatchObject({ problem })
  expect(close['message']).toMatch(/\.$/)
  agent.open('1:2', { payload: 'echo' })
  await agent.control('ready', '1:2')
})

test('data after done closes the channel with protocol-error', async () => {
  const agent = startAgent()
  agent.open('1', { payload: 'null' })
  agent.send('', { command: 'done', channel: '1' })
  agent.send('1', 'late')
  expect(await agent.control('close', '1')).toMatchObject({ problem: 'protocol-error' })
})

test('a program gets its input, environment and folder, and its exit status is reported', async () => {
  const agent = startAgent()
  agent.open('1', {
    payload: 'stream',
    spawn: ['sh', '-c', 'cat; pwd; echo $X; echo bad >&2; exit 3'],
    environ: ['X=y'],
    directory: '/usr',
    err: 'message',
  })
  await agent.control('ready', '1')
  agent.send('1', 'in\n')
  agent.send('', { command: 'done', channel: '1' })
  expect(await agent.control('close', '1')).toMatchObject({ 'exit-status': 3, message: 'bad\n' })
  expect(agent.text('1')).toBe('in\n/usr\ny\n')
})

test('closing a channel ends its whole process group', async () => {
  const agent = startAgent()
  agent.open('1', { payload: 'stream', spawn: ['sh', '-c', 'sleep 300 & echo $!; wait'] })
  const child = Number(await agent.until(() => agent.text('1').trim()))
  process.kill(child, 0)
  agent.send('', { command: 'close', channel: '1' })
  expect(await agent.until(() => !alive(child))).toBe(true)
})

test('the agent ends its processes when its connection does', async () => {
  const agent = startAgent()
  agent.open('1', { payload: 'stream', spawn: ['sleep', '300'] })
  const { pid } = await agent.control('ready', '1')
  agent.near.end()
  await agent.agent.closed
  expect(await agent.until(() => !alive(Number(pid)))).toBe(true)
})

test('a terminal has its size, changes it, and hangs up', async () => {
  const agent = startAgent()
  agent.open('1', { payload: 'stream', spawn: ['sh'], pty: true, window: { rows: 33, cols: 99 }, environ: ['PS1=$ '] })
  const { pid } = await agent.control('ready', '1')
  agent.send('1', 'stty size\n')
  await agent.until(() => agent.text('1').includes('33 99'))
  agent.send('', { command: 'options', channel: '1', window: { rows: 20, cols: 50 } })
  agent.send('1', 'stty size\n')
  await agent.until(() => agent.text('1').includes('20 50'))
  agent.send('', { command: 'options', channel: '1', window: { rows: -1 } })
  expect(await agent.control('close', '1')).toMatchObject({ problem: 'protocol-error' })
  await agent.until(() => !alive(Number(pid)))
})

test('text channels carry valid UTF-8 however the bytes are cut, binary ones carry the bytes', async () => {
  const agent = startAgent()
  const spawn = ['sh', '-c', String.raw`printf 'a\303'; sleep 0.1; printf '\274\377b'`]
  agent.open('1', { payload: 'stream', spawn })
  agent.open('2', { payload: 'stream', spawn, binary: 'raw' })
  await agent.control('close', '1')
  await agent.control('close', '2')
  expect(agent.text('1')).toBe('aü\ufffdb')
  expect(agent.bytes('2')).toEqual(Buffer.from([0x61, 0xc3, 0xbc, 0xff, 0x62]))
})

test('without pongs a sender stops at the window; with them it goes on', async () => {
  const agent = startAgent()
  agent.open('1', { payload: 'stream', spawn: ['head', '-c', '8000000', '/dev/zero'], binary: 'raw', 'flow-control': true })
  const size = () => agent.size('1')
  await agent.until(() => size() >= flowWindow)
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(size()).toBeLessThan(flowWindow + 128 * 1024)
  const answer = setInterval(() => {
    for (const ping of agent.controls.splice(0).filter(({ command }) => command === 'ping'))
      agent.send('', { ...ping, command: 'pong' })
  }, 5)
  await agent.until(() => size() === 8_000_000)
  clearInterval(answer)
})

async function httpServer(path: string): Promise<Server> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (data) => (body += data))
    request.on('end', () => {
      response.writeHead(201, {
        'X-Seen': `${request.method} ${request.url} ${request.headers['x-a']} ${request.headers['content-length']} ${request.headers['transfer-encoding']}`,
      })
      response.write('one ')
      setTimeout(() => response.end(body.length > 100 ? String(body.length) : body), 20)
    })
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  cleanups.push(() => server.close())
  return server
}

test('an HTTP request over a socket: headers, body with length or in chunks, answer', async () => {
  const path = join(scratch(), 'http.sock')
  await httpServer(path)
  const agent = startAgent()
  const request = { payload: 'http-stream2', unix: path, method: 'POST', path: '/x?y=1', headers: { 'X-A': 'b' } }
  agent.open('1', request)
  agent.send('1', 'two')
  agent.send('', { command: 'done', channel: '1' })
  const response = await agent.control('response', '1')
  expect(response).toMatchObject({ status: 201, reason: 'Created', headers: { 'X-Seen': 'POST /x?y=1 b 3 undefined' } })
  await agent.control('done', '1')
  expect(await agent.control('close', '1')).not.toHaveProperty('problem')
  expect(agent.text('1')).toBe('one two')

  agent.open('2', request)
  for (let at = 0; at < 4; at++) agent.send('2', 'x'.repeat(30_000))
  agent.send('', { command: 'done', channel: '2' })
  expect(await agent.control('response', '2')).toMatchObject({ headers: { 'X-Seen': 'POST /x?y=1 b undefined chunked' } })
  await agent.control('close', '2')
  expect(agent.text('2')).toBe('one 120000')
})

test('an endpoint is answered in the process, by http and by stream', async () => {
  const server = createServer((_request, response) => response.end('inside'))
  cleanups.push(() => server.close())
  const endpoint: Endpoint = {
    connect: () => {
      const [near, far] = duplexPair()
      server.emit('connection', far)
      return near
    },
  }
  const agent = startAgent({ endpoints: new Map([['/run/x.sock', endpoint]]) })
  agent.open('1', { payload: 'http-stream2', unix: '/run/x.sock', method: 'GET', path: '/' })
  agent.send('', { command: 'done', channel: '1' })
  await agent.control('close', '1')
  expect(agent.text('1')).toBe('inside')
  agent.open('2', { payload: 'stream', unix: '/run/x.sock' })
  agent.send('2', 'GET / HTTP/1.0\r\n\r\n')
  await agent.control('close', '2')
  expect(agent.text('2')).toMatch(/^HTTP\/1.1 200 [^]*inside$/)
})

test('an answer that is cut off is a problem, not an end', async () => {
  const path = join(scratch(), 'cut.sock')
  const server = createNetServer((socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf')
      setTimeout(() => socket.destroy(), 20)
    })
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  cleanups.push(() => server.close())
  const agent = startAgent()
  agent.open('1', { payload: 'http-stream2', unix: path, method: 'GET', path: '/' })
  agent.send('', { command: 'done', channel: '1' })
  expect((await agent.control('close', '1'))['problem']).toBe('disconnected')
})

test('closing a request closes its connection', async () => {
  const path = join(scratch(), 'slow.sock')
  const gone = Promise.withResolvers<void>()
  const server = createNetServer((socket) =>
    socket
      .on('data', () => {})
      .on('error', () => {})
      .once('close', () => gone.resolve()),
  )
  await new Promise<void>((resolve) => server.listen(path, resolve))
  cleanups.push(() => server.close())
  const agent = startAgent()
  agent.open('1', { payload: 'http-stream2', unix: path, method: 'GET', path: '/' })
  agent.send('', { command: 'done', channel: '1' })
  await new Promise((resolve) => setTimeout(resolve, 100))
  agent.send('', { command: 'close', channel: '1', problem: 'terminated' })
  await expect(gone.promise).resolves.toBeUndefined()
})

test('files: content with a tag, absence, attributes, changes', async () => {
  const folder = scratch()
  writeFileSync(join(folder, 'a'), 'hello')
  const agent = startAgent()
  agent.open('1', { payload: 'fsread1', path: join(folder, 'a') })
  expect((await agent.control('close', '1'))['tag']).toMatch(/^1:/)
  expect(agent.text('1')).toBe('hello')
  agent.open('2', { payload: 'fsread1', path: join(folder, 'b') })
  expect(await agent.control('close', '2')).toMatchObject({ tag: '-' })
  agent.open('3', { payload: 'fsinfo', path: folder, attrs: ['type', 'entries', 'size'], watch: true })
  const first = JSON.parse(await agent.until(() => agent.text('3')))
  expect(first.info).toMatchObject({ type: 'dir', entries: { a: { type: 'reg', size: 5 } } })
  agent.forget('3')
  writeFileSync(join(folder, 'b'), 'x')
  const patch = JSON.parse(await agent.until(() => agent.text('3')))
  expect(patch.info.entries).toEqual({ b: { type: 'reg', size: 1 } })
  agent.open('4', { payload: 'fsinfo', path: join(folder, 'none'), attrs: ['type'] })
  await agent.control('close', '4')
  expect(JSON.parse(agent.text('4')).error).toMatchObject({ problem: 'not-found', errno: 'ENOENT' })
})

test('metrics: a meta message, then samples in its order', async () => {
  const agent = startAgent()
  agent.open('1', {
    payload: 'metrics1',
    source: 'internal',
    interval: 100,
    metrics: [{ name: 'cpu.basic.user', derive: 'rate' }, { name: 'memory.total' }, { name: 'network.interface.rx' }],
  })
  await agent.until(() => agent.text('1').split('][').length > 2)
  const [meta] = agent.text('1').split('}[[')
  expect(JSON.parse(`${meta}}`).metrics.map((each: { name: string; units: string }) => [each.name, each.units])).toEqual([
    ['cpu.basic.user', 'millisec'],
    ['memory.total', 'bytes'],
    ['network.interface.rx', 'bytes'],
  ])
  const first = JSON.parse(/\[\[.*?\]\]\]/.exec(agent.text('1'))![0])[0]
  expect(first[0]).toBe(false)
  expect(first[1]).toBeGreaterThan(1e6)
})

test('the internal bus: watch, properties, errors', async () => {
  const agent = startAgent()
  const lines: Record<string, unknown>[] = []
  agent.open('1', { payload: 'dbus-json3', bus: 'internal' })
  const ask = async (message: object): Promise<void> => {
    agent.forget('1')
    agent.send('1', message)
    const text = await agent.until(() => agent.text('1').includes('"id"') && agent.text('1'))
    lines.splice(
      0,
      lines.length,
      ...text
        .replaceAll(/\}(?=\{"(?:meta|notify|reply)")/g, '}\n')
        .split('\n')
        .map((line) => JSON.parse(line)),
    )
  }
  await ask({ watch: { path: '/superuser' }, id: '1' })
  expect(lines.map((line) => Object.keys(line)[0])).toEqual(['meta', 'notify', 'reply'])
  expect(lines[1]).toMatchObject({
    notify: { '/superuser': { 'cockpit.Superuser': { Current: process.getuid!() === 0 ? 'root' : 'none' } } },
  })
  await ask({ call: ['/user', 'org.freedesktop.DBus.Properties', 'GetAll', ['cockpit.User']], id: '2' })
  expect(lines[0]).toMatchObject({ id: '2', reply: [[{ Id: { t: 'i', v: process.getuid!() } }]] })
  await ask({ call: ['/superuser', 'cockpit.Superuser', 'Start', ['sudo']], id: '3' })
  expect(lines[0]).toMatchObject({ id: '3', error: ['cockpit.Superuser.Error', [expect.any(String)]] })
  await ask({ call: ['/nosuch', 'a', 'b', []], id: '4' })
  expect(lines[0]).toMatchObject({ id: '4', error: ['org.freedesktop.DBus.Error.UnknownObject', [expect.any(String)]] })
  agent.send('1', 'garbage')
  expect(await agent.control('close', '1')).toMatchObject({ problem: 'protocol-error' })
})

test('kill ends the channels of a group', async () => {
  const agent = startAgent()
  agent.open('1', { payload: 'null', group: 'a' })
  agent.open('2', { payload: 'echo', group: 'b' })
  agent.send('', { command: 'kill', group: 'a' })
  expect(await agent.control('close', '1')).toMatchObject({ problem: 'terminated' })
  agent.send('2', 'alive')
  await agent.until(() => agent.text('2') === 'alive')
})

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('a failing endpoint closes its channel with the problem', async () => {
  const endpoint: Endpoint = { connect: () => Promise.reject<Duplex>(new Error('The engine ended.')) }
  const agent = startAgent({ endpoints: new Map([['/run/x.sock', endpoint]]) })
  agent.open('1', { payload: 'http-stream2', unix: '/run/x.sock', method: 'GET', path: '/' })
  agent.send('', { command: 'done', channel: '1' })
  expect(await agent.control('close', '1')).toMatchObject({
    problem: 'internal-error',
    message: expect.stringContaining('The engine ended.'),
  })
})

test('pages of packages, as cockpit-ws requests them: with a head, within the package, if its conditions hold', async () => {
  const folder = scratch()
  for (const [name, manifest] of [
    ['shown', {}],
    ['hidden', { conditions: [{ 'path-exists': '/nosuch' }] }],
  ] as const) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'manifest.json'), JSON.stringify(manifest))
    writeFileSync(join(folder, name, 'index.html'), 'page')
  }
  const agent = startAgent({ packages: [folder] })
  const get = async (channel: string, path: string) => {
    agent.open(channel, { payload: 'http-stream1', internal: 'packages', method: 'GET', path })
    agent.send('', { command: 'done', channel })
    await agent.control('close', channel)
    const text = agent.text(channel)
    const end = text.indexOf('}}') + 2
    return [(JSON.parse(text.slice(0, end)) as { status: number }).status, text.slice(end)]
  }
  expect(await get('1', '/shown/index.html')).toEqual([200, 'page'])
  expect(await get('2', '/manifests.json')).toEqual([200, '{"shown":{}}'])
  for (const path of [
    '/hidden/index.html',
    '/shown/nosuch',
    '/shown/../../etc/passwd',
    '/shown/%2e%2e/x',
    '/shown/..%2fx',
    '/',
  ]) {
    expect({ path, answer: (await get(path.replaceAll('/', '_'), path))[0] }).toEqual({ path, answer: 404 })
  }
  agent.open('9', { payload: 'http-stream1', port: 80, method: 'GET', path: '/' })
  expect(await agent.control('close', '9')).toMatchObject({ problem: 'not-supported' })
})
