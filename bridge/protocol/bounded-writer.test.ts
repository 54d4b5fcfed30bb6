import { afterEach, expect, test, vi } from 'vitest'
import { BoundedWriter, compactBytes, type ProblemError, WriterBudget, type WriterOptions } from './index.ts'

afterEach(() => void vi.useRealTimers())

/** A peer that reads only on request. */
function slowPeer(options: Partial<WriterOptions<string>> = {}) {
  const waiting: (() => void)[] = []
  const given: string[] = []
  const failures: ProblemError[] = []
  const writer = new BoundedWriter<string>({
    highWaterMark: 1000,
    limit: 400_000,
    write: (message, written) => {
      given.push(message)
      waiting.push(written)
    },
    onSlowPeer: (error) => void failures.push(error),
    ...options,
  })
  return { writer, given, failures, take: (count = Infinity) => waiting.splice(0, count).forEach((written) => written()) }
}

test('messages arrive in order; a blocked writer gets a drain event', () => {
  const drained = vi.fn<() => void>()
  const { writer, given, take } = slowPeer({ drained, limit: 1_000_000 })
  expect(writer.write('a', 10)).toBe(true)
  for (let at = 0; at < 3000; at++) writer.write(String(at), 100)
  expect(writer.needsDrain).toBe(true)
  expect(given.length).toBeLessThan(1000)
  while (writer.held > 0) take()
  expect(given).toEqual(['a', ...Array.from({ length: 3000 }, (_, at) => String(at))])
  expect(writer.needsDrain).toBe(false)
  expect(drained).toHaveBeenCalled()
})

test('beyond its most the peer is ended, once, and what waits is dropped', () => {
  const { writer, failures, take } = slowPeer()
  for (let at = 0; at < 10_000; at++) writer.write('x', 100)
  expect(failures.map(({ problem }) => problem)).toEqual(['too-large'])
  expect(writer.held).toBe(0)
  take()
  expect(writer.held).toBe(0)
})

test('a peer that is behind and takes nothing is ended; one that takes little is not, nor one that is not behind', () => {
  vi.useFakeTimers()
  const { writer, failures, take } = slowPeer({ timeout: 1000 })
  writer.write('x', 100)
  vi.advanceTimersByTime(5000)
  for (let at = 0; at < 20; at++) writer.write('x', 100)
  for (let round = 0; round < 5; round++) {
    vi.advanceTimersByTime(900)
    take(1)
  }
  expect(failures).toEqual([])
  vi.advanceTimersByTime(1100)
  expect(failures.map(({ problem }) => problem)).toEqual(['timeout'])
})

test('a budget ends the writer that holds most, within the part that holds most', () => {
  const emptied = vi.fn<() => void>()
  const all = new WriterBudget(20_000)
  const greedy = new WriterBudget(1_000_000, all, emptied)
  const modest = new WriterBudget(1_000_000, all)
  const honest = slowPeer({ budget: modest })
  honest.writer.write('x', 3000)
  const small = Array.from({ length: 10 }, () => slowPeer({ budget: greedy }))
  for (let round = 0; round < 4; round++) for (const each of small) each.writer.write('x', 600)
  expect(honest.failures).toEqual([])
  expect(small.filter((each) => each.failures.length > 0).length).toBeGreaterThan(2)
  expect(all.held).toBeLessThanOrEqual(20_000)
  for (const each of [...small, honest]) each.writer.close()
  expect([all.held, greedy.held, modest.held]).toEqual([0, 0, 0])
  expect(emptied).toHaveBeenCalledTimes(1)
})

test('the end waits for what is under way, and nothing follows it', () => {
  const last = vi.fn<() => void>()
  const { writer, given, take } = slowPeer()
  writer.write('a', 10)
  writer.end(last)
  writer.write('b', 10)
  expect(last).not.toHaveBeenCalled()
  take()
  expect(last).toHaveBeenCalledTimes(1)
  expect(given).toEqual(['a'])
})

test('a small view of something large is copied before it is kept', () => {
  const large = new Uint8Array(65_536)
  expect(compactBytes(large)).toBe(large)
  const small = compactBytes(large.subarray(10, 20))
  expect([small.length, small.buffer.byteLength]).toEqual([10, 10])
})

test('a connection that takes everything at once, as a broken one does, is no recursion', () => {
  let broken = false
  const waiting: (() => void)[] = []
  const writer = new BoundedWriter<string>({
    highWaterMark: 1000,
    limit: 10_000_000,
    write: (_message, written) => void (broken ? written() : waiting.push(written)),
    onSlowPeer: () => {},
  })
  for (let at = 0; at < 50_000; at++) writer.write('x', 1)
  broken = true
  for (const written of waiting) written()
  expect(writer.held).toBe(0)
})
