import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import type { OutputChunk } from '../../../engine/contract/index.ts'
import { EngineError } from '../../../engine/errors/index.ts'
import { createLineSplitter } from '../../engine/log-lines.ts'
import { comparable } from './log-tail.ts'
import { createRecentLog, maxLines } from './recent-log.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const chunk = (text: string, stream: OutputChunk['stream'] = 'stdout'): OutputChunk => ({
  stream,
  data: new TextEncoder().encode(text),
})

test('lines that come in pieces and in turns are put together by stream, letters of several bytes too', () => {
  const splitter = createLineSplitter()
  const han = new TextEncoder().encode('한\n')
  expect(splitter.push(chunk('one\ntw'))).toEqual([['stdout', 'one']])
  expect(splitter.push(chunk('bad\r\n', 'stderr'))).toEqual([['stderr', 'bad']])
  expect(splitter.push(chunk('o\n'))).toEqual([['stdout', 'two']])
  expect(splitter.push({ stream: 'stdout', data: han.slice(0, 2) })).toEqual([])
  expect(splitter.push({ stream: 'stdout', data: han.slice(2) })).toEqual([['stdout', '한']])
})

test('a line without end is cut before it fills the memory', () => {
  expect(createLineSplitter().push(chunk('x'.repeat(40_000)))[0]![1].length).toBeLessThanOrEqual(8 * 1024)
})

test('what is behind the last line’s end is one when no more comes', () => {
  const splitter = createLineSplitter()
  expect(splitter.push(chunk('one\nlast'))).toEqual([['stdout', 'one']])
  expect(splitter.rest()).toEqual([['stdout', 'last']])
})

test('moments are compared whatever their zone, and however many digits they have', () => {
  const moments = [
    '2026-10-25T02:59:59.9+02:00',
    '2026-10-25T02:00:00+01:00',
    '2026-10-25T01:00:00.1470724Z',
    '2026-10-25T01:00:00.147072499Z',
    '2026-10-25T02:00:00.2+01:00',
  ]
  const texts = moments.map(comparable)
  expect(texts.toSorted()).toEqual(texts)
  expect(comparable('2026-10-25T02:00:00+02:00')).toBe(comparable('2026-10-25T00:00:00.000Z'))
  expect(comparable('yesterday')).toBe('')
})

type Request = { name: string; follow?: boolean; since?: string; tail?: string }

/** An engine whose logs are these lines; what follows waits until it is cut, or comes with `add`. */
function fakeLogs(logs: Record<string, string[]>) {
  const requests: Request[] = []
  const cuts: ((error: Error) => void)[] = []
  let wake = () => {}
  const read = ({ name, since = '', tail }: Request) =>
    logs[name]!.filter((line) => line.slice(0, line.indexOf(' ')) >= since).slice(tail ? -Number(tail) : 0)
  async function* lines(input: Request) {
    requests.push(input)
    let told = 0
    for (;;) {
      const all = read(input)
      for (const line of all.slice(told)) yield chunk(`${line}\n`)
      told = all.length
      if (!input.follow) return
      await new Promise<void>((resolve, reject) => {
        wake = resolve
        cuts.push(reject)
      })
    }
  }
  return {
    engine: { 'container.logs': async (input: unknown) => lines(input as Request) } as never,
    requests,
    cut: () => cuts.splice(0).forEach((reject) => reject(new EngineError('EngineUnreachable', 'cut'))),
    add(name: string, line: string) {
      logs[name]!.push(line)
      wake()
    },
  }
}

const textsOf = (log: ReturnType<typeof createRecentLog>) => {
  const { first, end } = log.state.get()
  return Array.from({ length: end - first }, (_unused, index) => log.line(first + index)!.text)
}

test('a log is read from its end, followed, searched, and goes on after a cut without gap or double', async () => {
  const host = fakeLogs({ c: ['2026-11-24T09:00:00.5Z one', '2026-11-24T09:00:01.0Z two'] })
  const log = createRecentLog(host.engine, [{ id: 'c' }], {})
  const leave = log.state.subscribe(() => {})
  await vi.advanceTimersByTimeAsync(200)
  expect(log.state.get()).toMatchObject({ first: 0, end: 2, loaded: true, ended: false, cut: false })
  expect(log.line(0)).toMatchObject({ time: '2026-11-24T09:00:00.5Z', text: 'one' })
  log.search({ query: 'TWO', regex: false, case: false })
  expect(log.matches.get().lines).toEqual([1])
  expect(log.line(1)!.marks).toEqual([[0, 3]])
  host.cut()
  // Written while the connection was cut; the first at the same moment as the last that came.
  host.add('c', '2026-11-24T09:00:01.0Z two again')
  host.add('c', '2026-11-24T09:00:02.0Z three')
  await vi.advanceTimersByTimeAsync(1000)
  expect(host.requests.at(-1)).toMatchObject({ follow: true, since: '2026-11-24T09:00:01.0Z' })
  expect(textsOf(log)).toEqual(['one', 'two', 'two again', 'three'])
  leave()
})

test('logs of several are one, in the order of time, from where all of them are known', async () => {
  const at = (seconds: number) => new Date(Date.UTC(2026, 10, 24, 9, 0, seconds)).toISOString()
  const many = Array.from({ length: maxLines }, (_unused, index) => `${at(100 + index)} many ${index}`)
  const host = fakeLogs({ few: [`${at(1)} before all`, `${at(99 + maxLines)} near the end`], many })
  const writer = { name: 'few', color: 'red' }
  const log = createRecentLog(host.engine, [{ id: 'few', writer }, { id: 'many' }], {})
  const leave = log.state.subscribe(() => {})
  await vi.advanceTimersByTimeAsync(1000)
  const { first, end, cut } = log.state.get()
  expect([end - first, cut]).toEqual([maxLines / 2 + 1, true])
  expect(log.line(first)!.text).toBe(`many ${maxLines / 2}`)
  expect(textsOf(log).slice(-2).toSorted()).toEqual([`many ${maxLines - 1}`, 'near the end'])
  expect(log.line(end - 1)!.writer ?? log.line(end - 2)!.writer).toEqual(writer)
  host.add('few', `${at(200 + maxLines)} live`)
  host.cut()
  await vi.advanceTimersByTimeAsync(1000)
  expect(textsOf(log).at(-1)).toBe('live')
  leave()
})
