import { mkdirSync, writeFileSync, chownSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Console, startConsole } from '../browser/console.ts'
import { loginBerth } from '../browser/login-berth.ts'
import { mutateBytes, mutateDocument, mutateJson, mutateText, oddText, oddValue } from '../fuzz/mutate.ts'
import { factor, type Random, randomOf, seed } from '../fuzz/random.ts'
import { logInAs, type LoginResult, logOut, openPage, type Page } from '../support/console-client.ts'
import { atOnce, sendRaw } from './fuzz/raw-http.ts'
import { inTime, oneBelow, watch, type Watch } from './fuzz/watch.ts'
import { eventually } from '../support/processes.ts'

// The console as it runs for everyone, and what the browser of an ordinary user may send to it: frames, control messages, channels of
// every payload and requests. Server, agent and engine half stay, answer others in time, and keep nothing.

const alice = loginBerth('alice')
let console_: Console
let session: LoginResult
let watching: Watch
const engine = `/run/user/${alice.user.uid}/berth/berth.sock`
const folder = join(alice.user.home, 'fuzz')

beforeAll(async () => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'file'), 'text\n')
  for (const path of [folder, join(folder, 'file')]) chownSync(path, alice.user.uid, alice.user.gid)
  console_ = await startConsole('fuzz-console')
  session = await logInAs(console_.url, 'alice', 'alice')
  if (session.status !== 200) throw new Error(`The login was answered with ${session.status}.`)
  const below = (words: RegExp): number => oneBelow(console_.service.child.pid!, words)
  await honest()
  await frames('first', 200, channelMessage)
  await requests('first', 100)
  watching = watch({ server: below(/agent\S* server$/), agent: below(/agent\S* agent$/), half: below(/engine-half/) })
})
afterAll(async () => {
  if (session) await logOut(console_.url, session)
  await console_?.stop()
})

/** One more page of the same session lists containers: the whole way to the engine and back works, in time. */
async function honest(): Promise<void> {
  const page = await openPage(console_.url, session)
  const channel = `${page.seed}honest`
  let status: unknown
  let ended = false
  page.socket.on('message', (data: Buffer) => {
    const text = data.toString()
    if (!text.startsWith('\n')) return
    const message = JSON.parse(text) as { command: string; channel?: string; status?: number }
    if (message.channel !== channel) return
    if (message.command === 'response') status = message.status
    if (message.command === 'close') ended = true
  })
  page.control({
    command: 'open',
    channel,
    payload: 'http-stream2',
    unix: engine,
    method: 'GET',
    path: '/v5.0.0/libpod/containers/json',
  })
  page.control({ command: 'done', channel })
  await eventually('the answer for an honest page', () => ended, inTime)
  expect(status).toBe(200)
  page.socket.close(1000)
  await page.closed
}

async function stillWell(after: string): Promise<void> {
  await honest()
  await watching.check(after)
  console.log(`after ${after}: ${watching.report()}`)
  expect(console_.service.output()).not.toMatch(/request failed|uncaught|Unhandled|TypeError|RangeError/i)
}

type Make = (random: Random, page: Page) => Buffer

/** Sends so many messages, on a new page whenever the server has had enough of one. */
async function frames(name: string, count: number, make: Make): Promise<void> {
  const random = randomOf(`console, ${name}`)
  const total = Math.ceil(count * factor)
  const problems = new Map<string, number>()
  let pages = 0
  for (let sent = 0; sent < total;) {
    const page = await openPage(console_.url, session)
    pages += 1
    page.socket.on('message', (data: Buffer) => {
      const problem = /"command":"close".*?"problem":"([\w-]+)"/.exec(data.toString('latin1').slice(0, 2000))?.[1]
      if (problem !== undefined) problems.set(problem, (problems.get(problem) ?? 0) + 1)
      if (problem === 'internal-error') faults.push(data.toString('latin1').slice(0, 600))
    })
    // A page that has been closed takes no more; what the server answers is waited for now and then.
    for (let own = 0; own < 200 && sent < total && page.socket.readyState === page.socket.OPEN; own++, sent++) {
      let message = make(random, page)
      // One that is too large ends its page, which other tests are about.
      while (message.length > 60_000) message = make(random, page)
      page.socket.send(message, { binary: random.chance(50) }, () => {})
      if (own % 20 === 19) await new Promise((resolve) => setImmediate(resolve))
    }
    await settle(page)
  }
  console.log(
    `${name}, seed ${seed}: ${total} messages on ${pages} pages; ${[...problems].map((each) => each.join(': ')).join(', ')}`,
  )
  expect(faults.splice(0).slice(0, 10), `seed ${seed}`).toEqual([])
}
const faults: string[] = []

/** Waits for the answer to a ping, or for the end, and leaves. */
async function settle(page: Page): Promise<void> {
  const answered = new Promise<void>((resolve) => {
    page.socket.on('message', (data: Buffer) => data.includes('"pong"') && data.includes('last') && resolve())
  })
  if (page.socket.readyState === page.socket.OPEN) page.control({ command: 'ping', what: 'last' })
  const late = new Promise<never>((_, reject) =>
    setTimeout(() => reject(new Error('The server does not answer a page.')), inTime * 2).unref(),
  )
  await Promise.race([answered, page.closed, late])
  page.socket.close(1000)
  await Promise.race([page.closed, late])
}

const opens = (channel: string): Record<string, unknown>[] =>
  [
    { payload: 'http-stream2', unix: engine, method: 'GET', path: '/v5.0.0/libpod/info', headers: { a: 'b' }, binary: 'raw' },
    {
      payload: 'http-stream2',
      unix: engine,
      method: 'POST',
      path: '/v5.0.0/libpod/containers/create',
      headers: { 'Content-Type': 'application/json' },
    },
    { payload: 'http-stream2', port: 1, address: '127.0.0.1', method: 'GET', path: '/' },
    { payload: 'stream', unix: engine, binary: 'raw', 'flow-control': true, 'send-acks': 'bytes' },
    { payload: 'stream', spawn: ['echo', 'hi'], err: 'message', environ: ['A=b'], directory: folder },
    { payload: 'stream', spawn: ['cat'], err: 'out' },
    { payload: 'stream', spawn: ['cat'], pty: true, window: { rows: 24, cols: 80 } },
    { payload: 'fsread1', path: join(folder, 'file'), max_read_size: 100 },
    { payload: 'fsread1', path: '/dev/zero', max_read_size: 1000 },
    { payload: 'fsinfo', path: folder, attrs: ['type', 'entries', 'targets', 'user'], watch: true, follow: false },
    { payload: 'fswatch1', path: join(folder, 'file') },
    { payload: 'fslist1', path: folder, watch: false },
    { payload: 'metrics1', source: 'internal', metrics: [{ name: 'cpu.basic.user', derive: 'rate' }], interval: 1000 },
    { payload: 'dbus-json3', bus: 'internal' },
    { payload: 'echo', binary: 'raw' },
    { payload: 'null' },
    { payload: 'info' },
    { payload: 'http-stream1', internal: 'packages', method: 'GET', path: '/manifests.json' },
  ].map((open) => ({ command: 'open', channel, ...open, ...(open.payload === 'null' ? {} : {}) }))

const data = [
  '{"call":["/user","org.freedesktop.DBus.Properties","GetAll",["cockpit.User"]],"id":"1"}',
  '{"watch":{"path":"/superuser"},"id":"2"}',
  'GET /v5.0.0/libpod/_ping HTTP/1.1\r\nHost: d\r\n\r\n',
  '{"image":"x"}',
]
const names = ['a', '__proto__', 'constructor', '~'.repeat(40)]
const text = (fields: object): Buffer => Buffer.from(`\n${JSON.stringify(fields)}`)

/** Numbers of channels, none of which is opened twice. */
let opened = 0
/** What the server itself looks at in an open, and ends a page for. */
const common = { host: 'localhost', user: undefined, group: 'x', superuser: undefined }

/** Messages that a page may send, about its own channels: what reaches the agent. */
function channelMessage(random: Random, { seed: own }: Page): Buffer {
  const recent = `${own}${random.pick(names)}${opened - random.below(8)}`
  switch (random.below(10)) {
    case 0:
      return Buffer.from(`${recent}\n${random.chance(50) ? random.pick(data) : mutateText(random, random.pick(data))}`)
    case 1: {
      const command = random.pick([
        'done',
        'close',
        'kill',
        'ping',
        'pong',
        'hint',
        'options',
        'authorize',
        `x${oddText(random)}`,
      ])
      return text({ command, channel: recent, [`x${oddText(random)}`]: oddValue(random) })
    }
    case 2:
      return text({ command: 'options', channel: recent, window: mutateJson(random, { rows: 24, cols: 80 }) })
    default: {
      const open = random.pick(opens(`${own}${random.pick(names)}${++opened}`))
      const { command, payload, channel, ...fields } = open
      const changed = mutateJson(random, fields)
      const given = typeof changed === 'object' && changed !== null ? changed : {}
      return text({ ...given, ...common, command, payload: random.chance(95) ? payload : oddText(random), channel })
    }
  }
}

/** Anything. */
function anyMessage(random: Random, page: Page): Buffer {
  const seeds = [
    ...opens(`${page.seed}1`),
    { command: 'init', version: 1 },
    { command: 'ping' },
    { command: 'kill', host: 'localhost' },
  ]
  switch (random.below(5)) {
    case 0:
      return random.bytes(random.below(300))
    case 1:
      return Buffer.concat([Buffer.from('\n'), mutateDocument(random, random.pick(seeds))])
    case 2:
      return Buffer.from(`${random.pick(['2:1', '99:1', ':', '', '1:', '\0', '1:\ud800', 'x'.repeat(100)])}\nhello`)
    case 3:
      return text({ ...random.pick(seeds), channel: random.pick(['9:1', '', 'x', ' ', '1:\n']) })
    default:
      return mutateBytes(random, text(random.pick(seeds)))
  }
}

test(`messages about a page's own channels, seed ${seed}`, { timeout: 300_000 }, async () => {
  for (let batch = 0; batch < 3; batch++) {
    await frames(`channels ${batch}`, 1500, channelMessage)
    await stillWell(`channels ${batch}`)
  }
})

test(`messages of any kind, seed ${seed}`, { timeout: 300_000 }, async () => {
  await frames('anything', 1000, anyMessage)
  await stillWell('messages of any kind')
})

test(`floods of opens and closes, seed ${seed}`, { timeout: 120_000 }, async () => {
  await frames('floods', 3000, (random, { seed: own }) => {
    const channel = `${own}${random.below(30)}`
    return text(
      random.chance(50)
        ? { command: 'close', channel }
        : { ...random.pick(opens(channel)), channel: `${channel}.${random.below(1e6)}` },
    )
  })
  await stillWell('floods of opens and closes')
})

/** Requests to the web server, with the session's cookie and without. */
async function requests(name: string, count: number): Promise<void> {
  const random = randomOf(`web, ${name}`)
  const cookie = `Cookie: ${session.cookie}\r\n`
  const port = Number(new URL(console_.url).port)
  const page = await openPage(console_.url, session)
  const download = Buffer.from(
    JSON.stringify({ payload: 'fsread1', path: join(folder, 'file'), external: { 'content-type': 'a/b' } }),
  )
  const make = (): Buffer => {
    const query = encodeURIComponent(mutateDocument(random, JSON.parse(download.toString())).toString('base64'))
    const path = random.pick([
      '/',
      '/index.html',
      '/ping',
      '/cockpit/login',
      '/cockpit/@localhost/x/y.js',
      '/cockpit/socket',
      '/login/once/x',
      `/cockpit/channel/${page.token}?${query}`,
      `/cockpit/channel/x?${query}`,
    ])
    const websocket =
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: cockpit1'
    const more = random.pick([
      '',
      'Range: bytes=0-1\r\n',
      'Accept-Encoding: br, gzip\r\n',
      'Accept-Language: ko\r\n',
      'If-None-Match: "x"\r\n',
      `${websocket}${random.chance(50) ? `, session.${session.secret}` : ''}\r\nOrigin: https://127.0.0.1:${port}\r\n`,
    ])
    const head = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${random.chance(70) ? cookie : ''}${more}\r\n`
    const bytes = random.chance(40) ? Buffer.from(head) : mutateBytes(random, Buffer.from(head))
    // What a server answers to a whole request ends it.
    return Buffer.concat([bytes, Buffer.from('\r\n\r\n')])
  }
  const inputs = Array.from({ length: Math.ceil(count * factor) }, make)
  const statuses = new Map<number, number>()
  await atOnce(6, inputs, async (bytes) => {
    const { status, text: answer } = await sendRaw({ port }, [bytes], 120)
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    if (/^HTTP\/1\.1 500/m.test(answer)) faults.push(`${JSON.stringify(bytes.toString('latin1'))} → ${answer.slice(0, 300)}`)
  })
  page.socket.close()
  if (faults.length > 0 || statuses.get(0)! > inputs.length * 0.7) console.log(console_.service.output().slice(-3000))
  console.log(`${name}, seed ${seed}: ${inputs.length} requests; ${[...statuses].map((each) => each.join(': ')).join(', ')}`)
  expect(faults.splice(0).slice(0, 10), `seed ${seed}`).toEqual([])
}

test(`requests to the web server, seed ${seed}`, { timeout: 300_000 }, async () => {
  await requests('web', 2000)
  await stillWell('requests to the web server')
})
