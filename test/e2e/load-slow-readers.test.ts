import { get } from 'node:https'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { loginBerth } from '../browser/login-berth.ts'
import { type Console, startConsole } from '../browser/console.ts'
import { clear, pullImages } from '../support/berth.ts'
import { logInAs, type LoginResult, openPage, type Page } from '../support/console-client.ts'
import { memoryOfAll } from '../support/memory.ts'
import { eventually } from '../support/processes.ts'

const readers = 50
/** Bytes that one reader asks for and does not read. */
const asked = 12 * 1024 * 1024
/** Milliseconds that the attack goes on. */
const duration = 12_000
const allowed = 64_000_000

const { images, folder } = inject('stage')
const users = ['alice', 'bob']
const file = join(folder, 'large')
let console_: Console
const logins: Record<string, LoginResult> = {}

beforeAll(async () => {
  writeFileSync(file, Buffer.alloc(asked, 'x'), { mode: 0o644 })
  for (const name of users) {
    const berth = loginBerth(name)
    await pullImages(berth, images.busybox)
    await berth(
      'run',
      '--name',
      `${name}-logs`,
      images.busybox,
      'sh',
      '-c',
      'yes 0123456789012345678901234567890 | head -c 4000000',
    )
  }
  console_ = await startConsole('load-readers')
})
afterAll(async () => {
  for (const name of users) await clear(loginBerth(name))
  await console_?.stop()
})

const engineSocket = (user: string): string => `/run/user/${loginBerth(user).user.uid}/berth/berth.sock`

/** What a reader asks for, one kind after the other. Each returns what sends a piece of it. */
const kinds: Record<string, (page: Page, user: string) => () => void> = {
  pings: (page) => () => page.control({ command: 'ping', pad: 'p'.repeat(60_000) }),
  'pings of a channel': (page) => {
    page.control({ command: 'open', channel: `${page.seed}1`, payload: 'null' })
    return () => page.control({ command: 'ping', channel: `${page.seed}1`, pad: 'p'.repeat(60_000) })
  },
  echo: (page) => {
    page.control({ command: 'open', channel: `${page.seed}1`, payload: 'echo', binary: 'raw', 'flow-control': true })
    return () => page.socket.send(Buffer.concat([Buffer.from(`${page.seed}1\n`), Buffer.alloc(60_000, 'e')]))
  },
  output: (page) => {
    let opened = 0
    return () => {
      // Ten channels a page, a text each, without flow control.
      if (opened >= 10) return
      page.control({
        command: 'open',
        channel: `${page.seed}${++opened}`,
        payload: 'stream',
        spawn: ['head', '-c', String(asked), file],
      })
    }
  },
  logs: (page, user) => {
    let opened = 0
    return () => {
      if (opened >= 6) return
      const channel = `${page.seed}${++opened}`
      const path = `/v5.0.0/libpod/containers/${user}-logs/logs?stdout=true&follow=true`
      page.control({
        command: 'open',
        channel,
        payload: 'http-stream2',
        unix: engineSocket(user),
        method: 'GET',
        path,
        binary: 'raw',
      })
      page.control({ command: 'done', channel })
    }
  },
}

/** Opens a page that never reads, and has it ask for as much as the server lets it. */
async function beginReader(user: string, kind: string): Promise<{ page: Page; sent: number; stop(): void }> {
  const page = await openPage(console_.url, logins[user]!)
  const send = kinds[kind]!(page, user)
  page.socket.pause()
  const reader = { page, sent: 0, stop: () => page.socket.terminate() }
  const timer = setInterval(() => {
    if (page.socket.readyState !== page.socket.OPEN) return clearInterval(timer)
    // What this process holds back itself is no load for the server.
    while (reader.sent < asked && page.socket.bufferedAmount < 1024 * 1024) {
      send()
      reader.sent += 60_000
    }
    if (reader.sent >= asked) clearInterval(timer)
  }, 20)
  return { ...reader, stop: () => (clearInterval(timer), page.socket.terminate()) }
}

/** A download whose bytes are not read. */
function beginDownload(user: string, { token }: Page): { stop(): void } {
  const { cookie } = logins[user]!
  const query = Buffer.from(JSON.stringify({ payload: 'fsread1', path: file })).toString('base64')
  const request = get(
    `${console_.url}/cockpit/channel/${token}?${encodeURIComponent(query)}`,
    { rejectUnauthorized: false, agent: false, headers: { Cookie: cookie } },
    (response) => response.pause().on('error', () => {}),
  )
  request.on('error', () => {})
  return { stop: () => request.destroy() }
}

test('50 slow readers cost server, agents and engine halves less than 64 MB, and other pages notice nothing', async () => {
  const honest: Page[] = []
  for (const user of users) {
    logins[user] = await logInAs(console_.url, user, user)
    honest.push(await openPage(console_.url, logins[user]))
  }
  const pid = console_.service.child.pid!
  const halves = (): number => [...memoryOfAll(pid).keys()].filter((name) => name.startsWith('half')).length
  await eventually('the engine halves', () => halves() === users.length)
  await new Promise((resolve) => setTimeout(resolve, 2000))
  const before = memoryOfAll(pid)
  const most = new Map(before)
  const slowest = { ping: 0 }
  const watch = setInterval(() => {
    for (const [name, bytes] of memoryOfAll(pid)) most.set(name, Math.max(most.get(name) ?? 0, bytes))
  }, 500)
  const pinging = setInterval(() => {
    for (const page of honest)
      page.ping().then(
        (took) => (slowest.ping = Math.max(slowest.ping, took)),
        () => (slowest.ping = Infinity),
      )
  }, 500)
  const names = [...Object.keys(kinds), 'download']
  const running: { stop(): void }[] = []
  const began = performance.now()
  for (let at = 0; at < readers; at++) {
    const user = users[at % 2]!
    const kind = names[Math.floor(at / 2) % names.length]!
    running.push(kind === 'download' ? beginDownload(user, honest[at % 2]!) : await beginReader(user, kind))
  }
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, duration - (performance.now() - began))))
  clearInterval(watch)
  clearInterval(pinging)
  for (const reader of running) reader.stop()
  await new Promise((resolve) => setTimeout(resolve, 3000))
  const after = memoryOfAll(pid)
  const mib = (bytes: number | undefined): number => Math.round((bytes ?? 0) / 2 ** 20)
  const rows = [...before].map(([name, bytes]) => `${name}: ${mib(bytes)} → ${mib(most.get(name))} → ${mib(after.get(name))}`)
  console.log(`MiB before → at most → after: ${rows.join(', ')}; slowest ping of another page ${Math.round(slowest.ping)} ms`)
  for (const page of honest) page.socket.terminate()
  for (const [name, bytes] of before) expect(most.get(name)! - bytes, name).toBeLessThan(allowed)
  // A server that waits for the slow ones would not answer before they are gone.
  expect(slowest.ping).toBeLessThan(duration / 2)
})
