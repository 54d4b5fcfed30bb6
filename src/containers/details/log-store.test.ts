import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import type { OutputChunk } from '../../../engine/contract/index.ts'
import { EngineError } from '../../../engine/errors/index.ts'
import { createLineSplitter, createLog } from './log-store.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const chunk = (text: string, stream: OutputChunk['stream'] = 'stdout'): OutputChunk => ({
  stream,
  data: new TextEncoder().encode(text),
})

test('lines that come in pieces and in turns are put together by stream, letters of several bytes too', () => {
  const splitter = createLineSplitter()
  const [han] = [new TextEncoder().encode('한\n')]
  expect(splitter.push(chunk('one\ntw'))).toEqual([['stdout', 'one']])
  expect(splitter.push(chunk('bad\r\n', 'stderr'))).toEqual([['stderr', 'bad']])
  expect(splitter.push(chunk('o\n'))).toEqual([['stdout', 'two']])
  expect(splitter.push({ stream: 'stdout', data: han!.slice(0, 2) })).toEqual([])
  expect(splitter.push({ stream: 'stdout', data: han!.slice(2) })).toEqual([['stdout', '한']])
  splitter.push(chunk('no end'))
  expect(splitter.rest()).toEqual([['stdout', 'no end']])
})

test('a line without end is cut before it fills the memory', () => {
  const splitter = createLineSplitter()
  expect(splitter.push(chunk('x'.repeat(40_000)))[0]![1].length).toBeLessThanOrEqual(16 * 1024)
})

test('a log is followed while it is watched, and left when it is not', async () => {
  let signal: AbortSignal | undefined
  const logs = async function* () {
    yield chunk('a\nb\n')
    await new Promise(() => {})
  }
  const log = createLog({ 'container.logs': async (_input, options) => ((signal = options?.signal), logs()) }, 'c', {
    timestamps: false,
  })
  const leave = log.subscribe(() => {})
  await vi.advanceTimersByTimeAsync(200)
  expect(log.get().lines.map(({ text }) => text)).toEqual(['a', 'b'])
  expect(log.get().ended).toBe(false)
  leave()
  expect(signal?.aborted).toBe(true)
})

test('a log that cannot be read shows the reason', async () => {
  const log = createLog({ 'container.logs': async () => Promise.reject(new EngineError('NotSupported', 'none driver')) }, 'c', {
    timestamps: false,
  })
  const leave = log.subscribe(() => {})
  await vi.advanceTimersByTimeAsync(200)
  expect([log.get().error?.code, log.get().ended]).toEqual(['NotSupported', true])
  leave()
})
