import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { duplexPair } from 'node:stream'

import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { type Control, encodeStdio, splitMessage, StdioReader } from '../protocol/index.ts'
import { mergePatch } from './channels/fsinfo.ts'
import { type Agent, serveAgent } from './index.ts'

// Names that objects have by themselves, and processes that have become somebody else's.

let folder: string
let agent: Agent
let messages: { channel: string; text: string }[]
let send: (control: object) => void

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-agent-'))
  const [near, far] = duplexPair()
  agent = serveAgent({ input: far, output: far })
  messages = []
  const reader = new StdioReader()
  near.on('data', (chunk: Buffer) => {
    for (const message of reader.push(chunk)) {
      const { channel, payload } = splitMessage(message)
      messages.push({ channel, text: Buffer.from(payload).toString() })
    }
  })
  send = (control) => near.write(encodeStdio('', JSON.stringify(control)))
  send({ command: 'init', version: 1 })
})

afterEach(() => {
  vi.restoreAllMocks()
  agent.close()
  rmSync(folder, { recursive: true, force: true })
})

const controls = (): Control[] => messages.filter(({ channel }) => channel === '').map(({ text }) => JSON.parse(text) as Control)
const control = async (command: string): Promise<Control> => {
  const find = (): Control | undefined => controls().find((each) => each.command === command && each.channel === '1:1')
  await vi.waitFor(() => expect(find()).toBeDefined(), { timeout: 4000 })
  return find()!
}

test('a file called __proto__ is listed, and its changes are reported', async () => {
  mkdirSync(join(folder, 'x'))
  writeFileSync(join(folder, 'x', '__proto__'), '')
  send({ command: 'open', channel: '1:1', payload: 'fsinfo', path: join(folder, 'x'), attrs: ['type', 'entries'] })
  await control('close')
  expect(messages.find(({ channel }) => channel === '1:1')?.text).toContain('"entries":{"__proto__":{"type":"reg"}}')
  const before = JSON.parse('{"__proto__":{"size":1}}') as object
  expect(JSON.stringify(mergePatch(before as never, {}))).toBe('{"__proto__":null}')
})

test('an answer with a header called constructor has its value', async () => {
  const path = join(folder, 'http.sock')
  const server = createServer((_, response) => response.writeHead(200, { constructor: 'mine' }).end())
  await new Promise<void>((resolve) => server.listen(path, resolve))
  try {
    send({ command: 'open', channel: '1:1', payload: 'http-stream2', unix: path, method: 'GET', path: '/' })
    send({ command: 'done', channel: '1:1' })
    expect(await control('response')).toMatchObject({ headers: { constructor: 'mine' } })
  } finally {
    server.closeAllConnections()
    server.close()
  }
})

test.each([{}, { pty: true }])(
  "closing a channel whose process is root's by now, as under sudo, ends nothing else (%j)",
  async (how) => {
    send({ command: 'open', channel: '1:1', payload: 'stream', spawn: ['cat'], ...how })
    const { pid } = await control('ready')
    const kill = process.kill.bind(process)
    vi.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' })
    })
    send({ command: 'close', channel: '1:1' })
    send({ command: 'ping', cookie: 1 })
    await vi.waitFor(() => expect(controls().some((each) => each.command === 'pong')).toBe(true), { timeout: 4000 })
    try {
      kill(-Number(pid), 'SIGKILL')
    } catch {
      // Without its input it has ended by itself.
    }
  },
)
