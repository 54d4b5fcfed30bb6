import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import type { OutputChunk } from '../../../../engine/contract/index.ts'
import { EngineError } from '../../../../engine/errors/index.ts'
import { createLineSplitter } from '../../../engine/log-lines.ts'
import { createPodmanLog } from './podman-log.ts'

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

test('a log of Podman is read from its end, followed, searched, and read again after a cut', async () => {
  const cuts: ((error: Error) => void)[] = []
  let reads = 0
  const log = createPodmanLog(
    {
      'container.logs': async () =>
        (async function* () {
          reads += 1
          yield chunk(`2026-11-24T09:00:00.5Z one ${reads}\n2026-11-24T09:00:01Z two\n`)
          await new Promise((_resolve, reject) => cuts.push(reject))
        })(),
    },
    'c',
    {},
  )
  const leave = log.state.subscribe(() => {})
  await vi.advanceTimersByTimeAsync(200)
  expect(log.state.get()).toMatchObject({ first: 0, end: 2, loaded: true })
  expect(log.line(0)).toMatchObject({ time: '2026-11-24T09:00:00.5Z', text: 'one 1' })
  log.search({ query: 'TWO', regex: false, case: false })
  expect(log.matches.get().lines).toEqual([1])
  expect(log.line(1)!.marks).toEqual([[0, 3]])
  cuts[0]!(new EngineError('EngineUnreachable', 'cut'))
  await vi.advanceTimersByTimeAsync(1000)
  // No line twice, none missing.
  expect(log.state.get()).toMatchObject({ first: 0, end: 2 })
  expect(log.line(0)!.text).toBe('one 2')
  leave()
})
