import { expect, test } from 'vitest'
import { type Control, encodeControl, joinMessage } from '../protocol/index.ts'
import { basePath, type Bridge, connect, type ConnectionEvents, type OpenConnection, socketUrl } from './index.ts'

/** A server's side of the wire: what came, and a way to answer. */
function fakeServer(options: { idleTimeout?: number; greet?: boolean } = {}) {
  let events: ConnectionEvents | undefined
  const server = {
    controls: [] as Control[],
    data: [] as [channel: string, data: string | Uint8Array][],
    connections: 0,
    refuse: false,
    control: (control: object) => events?.message(`\n${encodeControl(control as Control)}`),
    send: (channel: string, data: string | Uint8Array) =>
      events?.message(typeof data === 'string' ? `${channel}\n${data}` : joinMessage(channel, data)),
    raw: (message: string) => events?.message(message),
    cut: () => events?.closed(),
  }
  const open: OpenConnection = (given) => {
    events = given
    server.connections++
    queueMicrotask(() => {
      if (server.refuse) return given.closed()
      if (options.greet === false) return
      given.opened()
      given.message(
        `\n${encodeControl({ command: 'init', version: 1, 'channel-seed': `${server.connections}:`, host: 'localhost' })}`,
      )
    })
    return {
      buffered: 0,
      close: () => {},
      send: (message) => {
        const text = typeof message === 'string' ? message : new TextDecoder('latin1').decode(message)
        const at = text.indexOf('\n')
        if (at === 0) server.controls.push(JSON.parse(text.slice(1)))
        else server.data.push([text.slice(0, at), typeof message === 'string' ? text.slice(at + 1) : message.subarray(at + 1)])
      },
    }
  }
  const bridge: Bridge = connect({
    connection: open,
    backoff: 5,
    ...(options.idleTimeout ? { idleTimeout: options.idleTimeout } : {}),
  })
  return { server, bridge }
}

const pause = (time = 0) => new Promise<void>((resolve) => setTimeout(resolve, time))
const text = async (source: AsyncIterable<Uint8Array>) => {
  let all = ''
  for await (const data of source) all += new TextDecoder().decode(data)
  return all
}

test('the socket is found below the path that the page was served from', () => {
  expect(basePath('/')).toBe('/cockpit')
  expect(basePath('/cockpit/@localhost/berth/index.html')).toBe('/cockpit')
  expect(basePath('/cockpit+app/@localhost/x')).toBe('/cockpit+app')
  expect(basePath('/cockpitx/')).toBe('/cockpit')
  expect(socketUrl({ protocol: 'https:', host: 'a:9090', pathname: '/' })).toBe('wss://a:9090/cockpit/socket')
})

test('channels opened before the greeting get its seed, later ones too', async () => {
  const { server, bridge } = fakeServer()
  const early = bridge.channel({ payload: 'echo' })
  early.send('hello')
  expect(server.controls).toEqual([])
  expect(await bridge.ready).toMatchObject({ host: 'localhost' })
  const late = bridge.channel({ payload: 'echo' })
  early.send('again')
  expect(server.controls.map(({ command, channel }) => [command, channel])).toEqual([
    ['init', undefined],
    ['open', '1:1'],
    ['open', '1:2'],
  ])
  expect(server.data).toEqual([
    ['1:1', 'hello'],
    ['1:1', 'again'],
  ])
  server.send('1:1', 'answer')
  late.close()
  expect(server.controls.at(-1)).toEqual({ command: 'close', channel: '1:2' })
})

test('a request: body, answer head, body at the reader’s pace, abort', async () => {
  const { server, bridge } = fakeServer()
  await bridge.ready
  const http = bridge.http({ unix: '/run/x.sock' })
  const asked = http.request({ method: 'POST', path: '/x', headers: { a: 'b' }, body: 'body' })
  await pause()
  expect(server.controls.at(-2)).toMatchObject({
    command: 'open',
    payload: 'http-stream2',
    unix: '/run/x.sock',
    method: 'POST',
    path: '/x',
    headers: { a: 'b' },
    binary: 'raw',
    'flow-control': true,
  })
  expect(server.controls.at(-1)).toEqual({ command: 'done', channel: '1:1' })
  server.control({ command: 'response', channel: '1:1', status: 201, reason: 'Created', headers: { 'X-Y': 'z' } })
  const reply = await asked
  expect([reply.status, reply.headers]).toEqual([201, { 'x-y': 'z' }])
  server.send('1:1', new TextEncoder().encode('one'))
  server.control({ command: 'ping', channel: '1:1', sequence: 3 })
  expect(server.controls.at(-1)?.command).toBe('done')
  server.control({ command: 'done', channel: '1:1' })
  server.control({ command: 'close', channel: '1:1' })
  expect(await text(reply.body)).toBe('one')

  const abort = new AbortController()
  const second = http.request({ method: 'GET', path: '/', signal: abort.signal })
  await pause()
  abort.abort()
  await expect(second).rejects.toMatchObject({ problem: 'terminated' })
  expect(server.controls.at(-1)).toMatchObject({ command: 'close', channel: '1:2', problem: 'terminated' })
})

test('pings are answered once the data before them has been read', async () => {
  const { server, bridge } = fakeServer()
  await bridge.ready
  const stream = bridge.stream({ unix: '/x' })
  server.control({ command: 'ready', channel: '1:1' })
  await stream.ready
  server.send('1:1', new TextEncoder().encode('data'))
  server.control({ command: 'ping', channel: '1:1', sequence: 4 })
  await pause()
  expect(server.controls.some(({ command }) => command === 'pong')).toBe(false)
  const reading = text(stream.output)
  await pause()
  expect(server.controls.at(-1)).toEqual({ command: 'pong', channel: '1:1', sequence: 4 })
  server.control({ command: 'close', channel: '1:1' })
  expect(await reading).toBe('data')
})

test('leaving the output early closes the stream', async () => {
  const { server, bridge } = fakeServer()
  await bridge.ready
  const stream = bridge.stream({ spawn: ['x'] })
  server.send('1:1', new TextEncoder().encode('data'))
  for await (const _data of stream.output) break
  expect(server.controls.at(-1)).toMatchObject({ command: 'close', problem: 'terminated' })
})

test('a failure is a ProblemError in ready, in the output and for a request', async () => {
  const { server, bridge } = fakeServer()
  await bridge.ready
  const stream = bridge.stream({ unix: '/x' })
  server.control({ command: 'close', channel: '1:1', problem: 'not-found', message: 'No.' })
  await expect(stream.ready).rejects.toMatchObject({ problem: 'not-found', message: 'No.' })
  await expect(text(stream.output)).rejects.toMatchObject({ problem: 'not-found' })
  const request = bridge.http({ unix: '/x' }).request({ method: 'GET', path: '/' })
  server.control({ command: 'close', channel: '1:2', problem: 'access-denied' })
  await expect(request).rejects.toMatchObject({ problem: 'access-denied' })
})

test('upgrades read the head wherever it is cut, and pass the rest on', async () => {
  const { server, bridge } = fakeServer()
  await bridge.ready
  const http = bridge.http({ unix: '/x' })
  const asked = http.upgrade({ method: 'POST', path: '/attach', headers: { upgrade: 'tcp' }, body: '{"a":1}' })
  await pause()
  expect(server.data.map(([, data]) => (typeof data === 'string' ? data : new TextDecoder().decode(data))).join('')).toBe(
    'POST /attach HTTP/1.1\r\nHost: localhost\r\nupgrade: tcp\r\nContent-Length: 7\r\n\r\n{"a":1}',
  )
  const answer = 'HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\noutput'
  for (const letter of answer) server.send('1:1', new TextEncoder().encode(letter))
  const { status, headers, output } = await asked
  expect([status, headers['content-type']]).toEqual([101, 'application/vnd.docker.raw-stream'])
  server.control({ command: 'close', channel: '1:1' })
  expect(await text(output)).toBe('output')

  const refused = http.upgrade({ method: 'POST', path: '/attach' })
  server.send(
    '1:2',
    new TextEncoder().encode('HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n'),
  )
  const reply = await refused
  expect(reply.status).toBe(404)
  expect(await text(reply.output)).toBe('abcde')
  await expect(http.upgrade({ method: 'POST', path: '/a\r\nb' })).rejects.toMatchObject({ problem: 'protocol-error' })
})

test('long data goes in pieces, and no character is torn', async () => {
  const { server, bridge } = fakeServer()
  await bridge.ready
  const long = '😀'.repeat(40_000)
  bridge.channel({ payload: 'echo' }).send(long)
  expect(server.data.length).toBeGreaterThan(2)
  expect(server.data.every(([, data]) => (data as string).isWellFormed())).toBe(true)
  expect(server.data.map(([, data]) => data).join('')).toBe(long)
})

test('a lost connection closes channels, reconnects by itself and reports it', async () => {
  const { server, bridge } = fakeServer()
  await bridge.ready
  const problems: unknown[] = []
  bridge.on('disconnected', ({ problem }) => problems.push(problem))
  const back = new Promise<void>((resolve) => bridge.on('reconnected', () => resolve()))
  bridge.channel({ payload: 'echo' }, { close: ({ problem }) => problems.push(problem) })
  server.cut()
  expect(problems).toEqual(['disconnected', 'disconnected'])
  bridge.channel({ payload: 'echo' }, { close: ({ problem }) => problems.push(problem) })
  await back
  expect(problems).toHaveLength(3)
  bridge.channel({ payload: 'echo' })
  expect(server.controls.at(-1)?.channel).toMatch(/^2:/)
})

test('it keeps trying while the server is away', async () => {
  const { server, bridge } = fakeServer()
  await bridge.ready
  server.refuse = true
  server.cut()
  await pause(60)
  expect(server.connections).toBeGreaterThan(2)
  expect(bridge.state).toMatch(/disconnected|connecting/)
  server.refuse = false
  await new Promise<void>((resolve) => bridge.on('reconnected', () => resolve()))
})

test('without a session it ends and does not try again', async () => {
  const { server, bridge } = fakeServer({ greet: false })
  await pause()
  const ended = new Promise((resolve) => bridge.on('ended', resolve))
  server.control({ command: 'init', version: 1, problem: 'no-session' })
  await expect(bridge.ready).rejects.toMatchObject({ problem: 'no-session' })
  expect(await ended).toEqual({ problem: 'no-session' })
  await pause(30)
  expect(server.connections).toBe(1)
})

test('the server’s reason for closing reaches the page', async () => {
  const { server, bridge } = fakeServer()
  await bridge.ready
  const ended = new Promise((resolve) => bridge.on('ended', resolve))
  server.control({ command: 'close', problem: 'terminated', message: 'The agent ended.' })
  expect(await ended).toEqual({ problem: 'terminated', message: 'The agent ended.' })
})

test('silence counts as loss, pings are answered', async () => {
  const { server, bridge } = fakeServer({ idleTimeout: 40 })
  await bridge.ready
  server.control({ command: 'ping', extra: 1 })
  expect(server.controls.at(-1)).toEqual({ command: 'pong', extra: 1 })
  const lost = await new Promise((resolve) => bridge.on('disconnected', resolve))
  expect(lost).toEqual({ problem: 'timeout' })
  bridge.close()
})

test.each(['', 'no newline', '\nnot json', '\n[]', '\n{"command":"open"}'])(
  'a broken message (%j) drops the connection and nothing else',
  async (message) => {
    const { server, bridge } = fakeServer()
    await bridge.ready
    const lost = new Promise((resolve) => bridge.on('disconnected', resolve))
    server.raw(message)
    expect(await lost).toEqual({ problem: 'protocol-error' })
    await new Promise<void>((resolve) => bridge.on('reconnected', () => resolve()))
    bridge.close()
  },
)

test('messages for unknown channels are ignored', async () => {
  const { server, bridge } = fakeServer()
  await bridge.ready
  server.send('9:9', 'x')
  server.control({ command: 'close', channel: '9:9' })
  expect(bridge.state).toBe('ready')
})

test('metrics: null is unchanged, false is unknown, instances by name', async () => {
  const { server, bridge } = fakeServer()
  await bridge.ready
  const samples: unknown[] = []
  const stop = bridge.metrics(
    { metrics: [{ name: 'memory.used' }, { name: 'network.interface.rx', derive: 'rate' }] },
    { sample: (sample) => samples.push(sample) },
  )
  const send = (message: unknown) => server.send('1:1', JSON.stringify(message))
  send({
    timestamp: 1000,
    interval: 500,
    metrics: [{ name: 'memory.used' }, { name: 'network.interface.rx', instances: ['lo', 'eth0'] }],
  })
  send([[5, [false, false]]])
  send([
    [null, [1]],
    [6, [null, 2]],
  ])
  expect(samples).toEqual([
    {
      time: 1000,
      values: [
        5,
        new Map([
          ['lo', undefined],
          ['eth0', undefined],
        ]),
      ],
    },
    {
      time: 1500,
      values: [
        5,
        new Map([
          ['lo', 1],
          ['eth0', undefined],
        ]),
      ],
    },
    {
      time: 2000,
      values: [
        6,
        new Map([
          ['lo', 1],
          ['eth0', 2],
        ]),
      ],
    },
  ])
  stop()
  expect(server.controls.at(-1)?.command).toBe('close')
})

test('programs: output, exit status, standard error', async () => {
  const { server, bridge } = fakeServer()
  await bridge.ready
  const run = bridge.spawn(['ls', '-l'])
  await pause()
  server.send('1:1', new TextEncoder().encode('out'))
  server.control({ command: 'done', channel: '1:1' })
  server.control({ command: 'close', channel: '1:1', 'exit-status': 2, message: 'bad' })
  expect(await run).toEqual({ exitStatus: 2, output: 'out', message: 'bad' })
})

test('the internal bus: values and errors', async () => {
  const { server, bridge } = fakeServer()
  await bridge.ready
  const properties = bridge.dbusInternal.properties('/user', 'cockpit.User')
  server.send('1:1', JSON.stringify({ reply: [[{ Name: { t: 's', v: 'alice' } }]], id: '1' }))
  expect(await properties).toEqual({ Name: 'alice' })
  const failing = bridge.dbusInternal.call('/superuser', 'cockpit.Superuser', 'Start', ['sudo'])
  server.send('1:1', JSON.stringify({ error: ['x.y', ['not-supported: no']], id: '2' }))
  await expect(failing).rejects.toThrow('not-supported: no')
})

test('tickets are requested from the server if it has them, and sessions while there are listeners', async () => {
  const { server, bridge } = fakeServer({ greet: false })
  await pause()
  const greet = (capabilities: string[]) =>
    server.control({ command: 'init', version: 1, 'channel-seed': '1:', host: 'localhost', capabilities })
  greet(['tickets', 'sessions'])
  const asked = bridge.ticket('channel')
  await pause()
  expect(server.controls.at(-1)).toEqual({ command: 'ticket', use: 'channel', id: '1' })
  server.control({ command: 'end-session', id: '1' })
  server.control({ command: 'ticket', id: '2', ticket: 'no' })
  server.control({ command: 'ticket', id: '1', ticket: 'yes' })
  expect(await asked).toBe('yes')
  const lists: number[] = []
  const stop = bridge.sessions.watch((sessions) => lists.push(sessions.length))
  expect(server.controls.at(-1)).toEqual({ command: 'sessions', watch: true })
  server.control({ command: 'sessions', sessions: [{ id: 'a', current: true }, 7] })
  const ended = bridge.sessions.end('a')
  server.control({ command: 'end-session', id: '2', problem: 'not-found', message: 'Gone.' })
  await expect(ended).rejects.toMatchObject({ problem: 'not-found', message: 'Gone.' })
  stop()
  expect([lists, server.controls.at(-1)]).toEqual([[2], { command: 'sessions', watch: false }])
  const unanswered = bridge.sessions.endOthers()
  server.cut()
  await expect(unanswered).rejects.toMatchObject({ problem: 'disconnected' })
  await expect(bridge.sessions.endOthers()).rejects.toMatchObject({ problem: 'disconnected' })
  const bare = fakeServer()
  await expect(bare.bridge.ticket('channel')).rejects.toMatchObject({ problem: 'not-supported' })
})
