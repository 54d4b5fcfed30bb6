import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import type { Input, LiveUsage } from '../../../engine/contract/index.ts'
import { type Channel, createChannel } from '../../testing/channel.ts'
import { createLiveReports } from './live-usage.ts'
import type { Series } from './series.ts'
import { createStatsFeed } from './stats-feed.ts'
import { covers, createInterests } from './usage-interest.ts'

afterEach(() => void vi.useRealTimers())

const cpuOf = (series: ReadonlyMap<string, Series>, id: string) => series.get(id)?.samples.map(({ cpu }) => cpu)

test('what did not change has a sample for each report all the same', () => {
  const reports = createLiveReports(() => true)
  let series: ReadonlyMap<string, Series> = new Map()
  for (const report of [
    {
      time: 1000,
      containers: [
        { id: 'a', cpu: 1, memory: 10 },
        { id: 'b', cpu: 5, memory: 50 },
      ],
      total: { cpu: 6, memory: 60 },
    },
    { time: 3000 },
    { time: 5000, containers: [{ id: 'a', cpu: 2, memory: 10, rx: 7 }] },
  ] satisfies LiveUsage[])
    series = reports.next(series, report)
  expect([cpuOf(series, 'a'), cpuOf(series, 'b')]).toEqual([
    [1, 1, 2],
    [5, 5, 5],
  ])
  expect(series.get('a')!.latest).toEqual({ time: 5000, cpu: 2, memory: 10, rx: 7 })
  expect(reports.total()).toEqual({ time: 5000, cpu: 6, memory: 60 })
})

test('a container that is gone has no series, and one that began again has a new one', () => {
  const reports = createLiveReports((id) => id !== 'elsewhere')
  const old = { samples: [], latest: { time: 900, cpu: 0, memory: 0 } }
  let series: ReadonlyMap<string, Series> = new Map([
    ['elsewhere', old],
    ['ended', old],
  ])
  series = reports.next(series, {
    time: 1000,
    containers: [
      { id: 'a', cpu: 90, memory: 1 },
      { id: 'b', cpu: 1, memory: 1 },
    ],
  })
  // Out of sight it may still be known; one that was asked for and is not reported has ended.
  expect([...series.keys()].toSorted()).toEqual(['a', 'b', 'elsewhere'])
  series = reports.next(series, { time: 3000, gone: ['a', 'b'], containers: [{ id: 'a', cpu: 3, memory: 1 }] })
  expect([cpuOf(series, 'a'), cpuOf(series, 'b')]).toEqual([[3], undefined])
  series = reports.next(series, { time: 70_000 })
  expect([...series.keys()]).toEqual(['a'])
})

test('one request stands for all that is looked at, and a stream that carries a little more goes on', () => {
  const changed = vi.fn()
  const interests = createInterests(changed)
  expect(interests.request()).toBeUndefined()
  const leave = ['b', 'a', 'b'].map((id) => interests.add({ id }))
  expect(interests.request()).toEqual({ containers: ['a', 'b'], top: 0, detailed: false })
  expect(changed).toHaveBeenCalledTimes(2)
  const open = interests.request()!
  leave[1]!()
  expect(covers(open, interests.request()!)).toBe(true)
  leave.push(interests.add({ id: 'b', detailed: true }))
  expect(covers(open, interests.request()!)).toBe(false)
  leave.push(interests.add('all'))
  expect(interests.request()).toEqual({ containers: [], top: 0, detailed: true })
  leave.forEach((each) => each())
  expect(interests.request()).toBeUndefined()
})

/** An engine whose streams are given by hand. */
function engineByHand() {
  const requests: Input<'usage.live'>[] = []
  const streams: Channel<LiveUsage>[] = []
  const asked: unknown[] = []
  return {
    requests,
    streams,
    asked,
    engine: {
      'container.stats': () => Promise.reject(new Error('not this one')),
      'usage.history': async (input: Input<'usage.history'>) => {
        asked.push(input.containers)
        return { containers: [] }
      },
      'usage.live': async (input: Input<'usage.live'>, options?: { signal?: AbortSignal }) => {
        requests.push(input)
        streams.push(createChannel<LiveUsage>(options?.signal, () => streams.splice(0, 1)))
        return streams.at(-1)!
      },
    },
  }
}

beforeEach(() => void vi.useFakeTimers())

test('rows that scroll into sight are asked for together, with their last minute', async () => {
  const { requests, asked, engine } = engineByHand()
  const feed = createStatsFeed(engine as never, true)
  const leave = ['a', 'b'].map((id) => feed.of(id).subscribe(() => {}))
  await vi.advanceTimersByTimeAsync(100)
  expect(requests).toMatchObject([{ containers: ['a', 'b'], top: 0, total: false }])
  for (const id of ['c', 'd']) {
    leave.push(feed.of(id).subscribe(() => {}))
    await vi.advanceTimersByTimeAsync(50)
  }
  await vi.advanceTimersByTimeAsync(500)
  expect(requests.slice(1)).toMatchObject([{ containers: ['a', 'b', 'c', 'd'] }])
  expect(asked).toEqual([
    ['a', 'b'],
    ['a', 'b', 'c', 'd'],
  ])
  leave.forEach((each) => each())
})

test('what was reported before, as one of the first, or by a stream that was replaced, is filled all the same, and once', async () => {
  const { streams, asked, engine } = engineByHand()
  const history = async (input: Input<'usage.history'>) => {
    asked.push(input.containers)
    return { containers: [{ id: 'a', step: 1, start: 10, cpu: [5], memory: [6] }] }
  }
  const feed = createStatsFeed({ ...engine, 'usage.history': history } as never, true)
  const report = async () => {
    streams.at(-1)!.push({ time: 20_000, containers: [{ id: 'a', cpu: 1, memory: 2 }], total: { cpu: 1, memory: 2 } })
    await vi.advanceTimersByTimeAsync(500)
  }
  const leave = [feed.top.subscribe(() => {})]
  await vi.advanceTimersByTimeAsync(100)
  await report()
  leave.push(feed.of('a').subscribe(() => {}))
  await vi.advanceTimersByTimeAsync(500)
  await report()
  const figures = feed
    .of('a')
    .get()!
    .samples.map(({ cpu }) => cpu)
  expect([figures[0], asked]).toEqual([5, [['a']]])
  leave.push(feed.of('b').subscribe(() => {}))
  await vi.advanceTimersByTimeAsync(500)
  expect(asked.slice(1)).toEqual([['b']])
  leave.forEach((each) => each())
})

test('what has just ended uses nothing, although its last minute was recorded', async () => {
  const { streams, engine } = engineByHand()
  const containers = ['runs', 'over'].map((id) => ({ id, step: 1, start: 10, cpu: [5], memory: [6] }))
  const feed = createStatsFeed({ ...engine, 'usage.history': async () => ({ containers }) } as never, true)
  const leave = ['runs', 'over'].map((id) => feed.of(id).subscribe(() => {}))
  await vi.advanceTimersByTimeAsync(100)
  expect(feed.of('over').get()).toBeUndefined()
  streams[0]!.push({ time: 20_000, containers: [{ id: 'runs', cpu: 1, memory: 2 }] })
  await vi.advanceTimersByTimeAsync(10)
  expect(
    feed
      .of('runs')
      .get()
      ?.samples.map(({ cpu }) => cpu),
  ).toEqual([5, 1])
  expect(feed.of('over').get()).toBeUndefined()
  leave.forEach((each) => each())
})

test('a page that nobody sees is sent nothing, and what it shows is filled when it is seen again', async () => {
  const { requests, streams, asked, engine } = engineByHand()
  const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(false)
  const show = (seen: boolean) => {
    hidden.mockReturnValue(!seen)
    document.dispatchEvent(new Event('visibilitychange'))
  }
  const feed = createStatsFeed(engine as never, true)
  const leave = feed.top.subscribe(() => {})
  await vi.advanceTimersByTimeAsync(100)
  expect(requests).toMatchObject([{ containers: [], top: 8, total: true }])
  streams[0]!.push({ time: 1000, containers: [{ id: 'a', cpu: 1, memory: 2 }], total: { cpu: 1, memory: 2 } })
  await vi.advanceTimersByTimeAsync(10)
  expect([feed.top.get().series.size, feed.top.get().total.length]).toEqual([1, 1])
  show(false)
  await vi.advanceTimersByTimeAsync(5000)
  expect(streams).toEqual([])
  show(true)
  await vi.advanceTimersByTimeAsync(100)
  expect([requests.length, streams.length, asked.length]).toEqual([2, 1, 0])
  leave()
  hidden.mockRestore()
})
