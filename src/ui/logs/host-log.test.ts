import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import type { Engine, Output } from '../../../engine/contract/index.ts'
import { EngineError } from '../../../engine/errors/index.ts'
import { createChannel } from '../../testing/channel.ts'
import { createHostLog } from './host-log.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

type Item = Output<'container.logFollow'>

/** A host whose log has as many lines as is said, and remembers what it was asked for. */
function fakeHost(count: number) {
  const host = { count, log: 'a', asked: [] as string[], follows: [] as ReturnType<typeof createChannel<Item>>[], fails: false }
  const page = (from: number, lines: number): Item => {
    const begin = from < 0 ? Math.max(0, host.count + from) : from
    const end = Math.min(host.count, begin + lines)
    const line = (index: number) => ({
      time: '2026-11-24T09:00:00Z',
      stream: 'stdout' as const,
      text: `${host.log} ${begin + index}`,
      size: 5,
    })
    return {
      log: host.log,
      first: 0,
      end: host.count,
      from: begin,
      ended: false,
      lines: Array.from({ length: end - begin }, (_, at) => line(at)),
    }
  }
  const engine: Pick<Engine, 'container.logLines' | 'container.logFollow' | 'container.logSearch'> = {
    'container.logLines': async ({ from, count }) => {
      if (host.fails) throw new EngineError('EngineUnreachable', 'cut')
      host.asked.push(`${from}+${count}`)
      return page(Number(from), Number(count))
    },
    'container.logFollow': async ({ from }) => {
      if (host.fails) throw new EngineError('EngineUnreachable', 'cut')
      host.asked.push(`follow ${from}`)
      const stream = createChannel<Item>()
      host.follows.push(stream)
      stream.push(page(Number(from), 500))
      return stream
    },
    'container.logSearch': async ({ query, from }) =>
      (async function* () {
        host.asked.push(`search ${query} ${from}`)
        yield { log: host.log, lines: [Number(from) + 1], searched: host.count, end: host.count, done: true }
      })(),
  }
  const grow = (lines: number) => {
    const before = host.count
    host.count += lines
    host.follows.at(-1)!.push(page(Math.max(before, host.count - 500), 500))
  }
  return { host, engine, grow, log: createHostLog(engine, 'c', {}) }
}

test('a query that the host refuses keeps nothing from being read: only its marks are missing', async () => {
  const { host, engine } = fakeHost(1000)
  const refused = new EngineError('InvalidArgument', 'missing closing )', { details: { field: 'query' } })
  const check = <T extends { query?: string | undefined }>(input: T): T => {
    if (input.query?.includes('(')) throw refused
    return input
  }
  const log = createHostLog(
    {
      'container.logLines': async (input, ...rest) => engine['container.logLines'](check(input), ...rest),
      'container.logFollow': async (input, ...rest) => engine['container.logFollow'](check(input), ...rest),
      'container.logSearch': async (input, ...rest) => engine['container.logSearch'](check(input), ...rest),
    },
    'c',
    {},
  )
  log.search({ query: 'a(', regex: true, case: false })
  const leave = log.state.subscribe(() => {})
  await vi.advanceTimersByTimeAsync(1000)
  expect(log.state.get()).toMatchObject({ end: 1000, loaded: true, error: undefined })
  expect(log.matches.get().error).toBe(refused)
  log.want(100, 140)
  await vi.advanceTimersByTimeAsync(10)
  expect(log.line(100)!.text).toBe('a 100')
  log.search({ query: 'a', regex: true, case: false })
  await vi.advanceTimersByTimeAsync(10)
  expect(log.matches.get()).toMatchObject({ error: undefined, searching: false })
  expect(host.asked).toContain('search a 0')
  leave()
})

test('a log opens at its end, and lines are loaded where one looks, once', async () => {
  const { host, log } = fakeHost(300_000)
  const leave = log.state.subscribe(() => {})
  await vi.advanceTimersByTimeAsync(10)
  expect(log.state.get()).toMatchObject({ first: 0, end: 300_000, loaded: true })
  expect(log.line(299_999)!.text).toBe('a 299999')
  expect(log.line(1000)).toBeUndefined()
  log.want(1000, 1040)
  await vi.advanceTimersByTimeAsync(10)
  expect(log.line(1000)!.text).toBe('a 1000')
  const before = host.asked.length
  log.want(1000, 1040)
  await vi.advanceTimersByTimeAsync(10)
  expect(host.asked.length).toBe(before)
  // A person who looks at everything does not fill the memory.
  for (let at = 0; at < 100_000; at += 200) {
    log.want(at, at + 200)
    await vi.advanceTimersByTimeAsync(1)
  }
  expect(Array.from({ length: 300_000 }, (_, at) => log.line(at)).filter(Boolean).length).toBeLessThan(20_000)
  leave()
})

test('after a cut it goes on where it was: no line is missing or comes twice', async () => {
  const { host, grow, log } = fakeHost(10)
  const leave = log.state.subscribe(() => {})
  await vi.advanceTimersByTimeAsync(10)
  grow(2)
  await vi.advanceTimersByTimeAsync(10)
  expect(log.state.get().end).toBe(12)
  host.fails = true
  host.follows.at(-1)!.end()
  host.count = 15
  await vi.advanceTimersByTimeAsync(3000)
  expect(log.state.get()).toMatchObject({ end: 12, error: undefined })
  host.fails = false
  await vi.advanceTimersByTimeAsync(5000)
  expect(host.asked.at(-1)).toBe('follow 10')
  expect(log.state.get().end).toBe(15)
  expect(Array.from({ length: 15 }, (_, at) => log.line(at)?.text)).toEqual(Array.from({ length: 15 }, (_, at) => `a ${at}`))
  leave()
})

test('a rotated log is another one', async () => {
  const { host, grow, log } = fakeHost(600)
  const leave = log.state.subscribe(() => {})
  await vi.advanceTimersByTimeAsync(10)
  host.log = 'b'
  host.count = 0
  grow(3)
  await vi.advanceTimersByTimeAsync(10)
  expect(log.state.get().end).toBe(3)
  expect(log.line(2)!.text).toBe('b 2')
  expect(log.line(500)).toBeUndefined()
  leave()
})

test('a search is the host’s, and goes on with what is new', async () => {
  const { host, grow, log } = fakeHost(100)
  const leave = log.state.subscribe(() => {})
  await vi.advanceTimersByTimeAsync(10)
  log.search({ query: 'x', regex: false, case: false })
  await vi.advanceTimersByTimeAsync(10)
  expect(log.matches.get()).toMatchObject({ lines: [1], searching: false, more: false })
  grow(5)
  await vi.advanceTimersByTimeAsync(2000)
  expect(host.asked.filter((each) => each.startsWith('search'))).toEqual(['search x 0', 'search x 100'])
  expect(log.matches.get().lines).toEqual([1, 101])
  leave()
})

test('what trying again would not change is told', async () => {
  const failure = new EngineError('NotSupported', 'its log driver is "none"')
  const engine = {
    'container.logLines': async () => Promise.reject(failure),
    'container.logFollow': async () => Promise.reject(failure),
    'container.logSearch': async () => Promise.reject(failure),
  }
  const log = createHostLog(engine, 'c', {})
  const leave = log.state.subscribe(() => {})
  await vi.advanceTimersByTimeAsync(10)
  expect(log.state.get().error).toBe(failure)
  leave()
})

test('a log that has ended is followed again after a start, with what is in sight', async () => {
  const { host, log } = fakeHost(1000)
  const leave = log.state.subscribe(() => {})
  await vi.advanceTimersByTimeAsync(10)
  host.follows.at(-1)!.push({ log: 'a', first: 0, end: 1000, from: 1000, ended: true, lines: [] })
  await vi.advanceTimersByTimeAsync(10)
  expect(log.state.get().ended).toBe(true)
  host.count = 1002
  log.followAgain()
  await vi.advanceTimersByTimeAsync(10)
  expect(host.asked.at(-1)).toBe('follow 998')
  expect(log.state.get()).toMatchObject({ end: 1002, ended: false, loaded: true })
  expect([log.line(999)!.text, log.line(1001)!.text]).toEqual(['a 999', 'a 1001'])
  leave()
  log.followAgain()
  expect(host.follows).toHaveLength(2)
})
