import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { flowWindow } from '../protocol/index.ts'
import { cleanups, scratch, startAgent } from './fixtures/harness.ts'

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

test('a payload that cannot wait has its channel closed when its page does not read, and no other channel', async () => {
  const agent = startAgent()
  agent.open('1', { payload: 'echo', binary: 'raw', 'flow-control': true })
  agent.open('2', { payload: 'echo', binary: 'raw', 'flow-control': true })
  for (let count = 0; count < 100; count++) agent.send('1', Buffer.alloc(60_000))
  expect(await agent.control('close', '1')).toMatchObject({ problem: 'too-large' })
  expect(agent.size('1')).toBeLessThan(flowWindow + 128 * 1024)
  agent.send('2', 'more')
  await agent.until(() => agent.size('2') === 4)
})

test('a page may ask for a small window: little is on its way to it, whatever floods', async () => {
  const agent = startAgent()
  const window = 32 * 1024
  agent.open('1', { payload: 'stream', spawn: ['yes'], binary: 'raw', 'flow-control': true, 'flow-window': window })
  await agent.until(() => agent.size('1') >= window)
  agent.send('', { command: 'ping', mark: 'later' })
  await agent.until(() => agent.controls.some((each) => each.command === 'pong' && each['mark'] === 'later'))
  expect(agent.size('1')).toBeLessThanOrEqual(window + 16 * 1024)
  agent.send('', { command: 'close', channel: '1', problem: 'terminated' })
})

test('one large message waits for the page, and comes whole before the close', async () => {
  const path = scratch()
  for (let count = 0; count < 4500; count++) writeFileSync(join(path, `${'n'.repeat(200)}${count}`), '')
  const agent = startAgent()
  const attrs = ['type', 'tag', 'mode', 'size', 'mtime', 'user', 'group', 'entries']
  agent.open('1', { payload: 'fsinfo', path, attrs, 'flow-control': true })
  await agent.until(() => agent.size('1') >= flowWindow)
  expect(agent.controls.some(({ command }) => command === 'close')).toBe(false)
  let answered = 0
  const answer = setInterval(() => {
    const pings = agent.controls.filter(({ command }) => command === 'ping')
    for (const ping of pings.slice(answered)) agent.send('', { ...ping, command: 'pong' })
    answered = pings.length
  }, 5)
  expect(await agent.control('close', '1')).not.toHaveProperty('problem')
  clearInterval(answer)
  expect(Object.keys((JSON.parse(agent.text('1')) as { info: { entries: object } }).info.entries)).toHaveLength(4500)
}, 20_000)

test.each([
  ['a process', {}],
  ['a terminal', { pty: true }],
] as const)('input that %s does not read is bounded', async (_name, options) => {
  const agent = startAgent()
  agent.open('1', { payload: 'stream', spawn: ['sleep', '60'], binary: 'raw', ...options })
  await agent.control('ready', '1')
  for (let count = 0; count < 700; count++) {
    if (agent.near.writableNeedDrain) await new Promise((resolve) => agent.near.once('drain', resolve))
    agent.send('1', Buffer.alloc(60_000, 'x'))
  }
  expect(await agent.control('close', '1')).toMatchObject({ problem: 'too-large' })
})

test('a server that does not read is disconnected, whatever it requests', async () => {
  const agent = startAgent()
  await agent.until(() => agent.controls.length > 0)
  agent.near.pause()
  const pad = 'x'.repeat(60_000)
  for (let count = 0; count < 1000 && !agent.near.destroyed; count++) {
    agent.send('', { command: 'ping', pad })
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(await agent.agent.closed).toMatchObject({ problem: 'too-large' })
})
