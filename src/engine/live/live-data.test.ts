import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import type { Engine } from '../../../engine/contract/index.ts'
import { EngineError } from '../../../engine/errors/index.ts'
import { fakeContainer, fakeImage, fakePod } from '../../testing/fake-data.ts'
import { fakeHost } from '../../testing/fake-host.ts'
import { createFakeEngine } from '../../testing/fake-engine.ts'
import { fakeStats } from '../../testing/fake-stats.ts'
import { createLiveData } from './live-data.ts'

/** An engine that lacks what Podman lacks. */
const asPodman = (engine: Engine) => createLiveData(engine, '', () => false)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const settle = () => vi.advanceTimersByTimeAsync(500)

test('any number of watchers is one list call each, one event stream and one stats stream', async () => {
  const host = fakeHost()
  const fake = createFakeEngine(host)
  const data = createLiveData(fake.engine)
  const leave = [data.containers, data.containers, data.pods, data.images].map((store) => store.subscribe(() => {}))
  leave.push(...host.containers.map(({ Id }) => data.stats.of(Id).subscribe(() => {})))
  await settle()
  expect(fake.calls.toSorted()).toEqual([
    'container.list',
    'image.list',
    'pod.list',
    'system.events',
    'usage.history',
    'usage.live',
  ])
  expect(data.containers.get().items).toHaveLength(host.containers.length)
  leave.forEach((each) => each())
})

test('a burst of events is one more list call of what it touches, and never an inspect', async () => {
  const fake = createFakeEngine(fakeHost())
  const data = createLiveData(fake.engine)
  const leave = [data.containers, data.images].map((store) => store.subscribe(() => {}))
  await settle()
  fake.calls.length = 0
  for (let count = 0; count < 20; count += 1) fake.emit('container', 'start', `id${count}`, `c${count}`)
  fake.emit('container', 'exec_died', 'id1', 'c1')
  await settle()
  expect(fake.calls).toEqual(['container.list'])
  leave.forEach((each) => each())
})

test('what did not change keeps its identity, so that its row is not drawn again', async () => {
  const fake = createFakeEngine({ containers: [fakeContainer('a'), fakeContainer('b')] })
  // As over the wire: every answer is made of new objects.
  const list = fake.engine['container.list']
  const data = createLiveData({
    ...fake.engine,
    'system.events': fake.engine['system.events'],
    'container.list': async (...args) => structuredClone(await list(...args)),
  } as typeof fake.engine)
  const leave = data.containers.subscribe(() => {})
  await settle()
  const before = data.containers.get().items!
  await fake.engine['container.stop']({ name: 'b' })
  await settle()
  const after = data.containers.get().items!
  expect(after[0]).toBe(before[0])
  expect(after[1]).not.toBe(before[1])
  expect(after[1]!.State).toBe('exited')
  leave()
})

test('after a lost connection everything is listed again', async () => {
  const fake = createFakeEngine({ images: [fakeImage('a')] })
  const data = createLiveData(fake.engine)
  const leave = data.images.subscribe(() => {})
  await settle()
  fake.interrupt()
  fake.state.images = [fakeImage('a'), fakeImage('b')]
  await vi.advanceTimersByTimeAsync(1500)
  expect(data.images.get().items).toHaveLength(2)
  leave()
})

test('events that begin to flow late cost nothing: what happened until then is listed', async () => {
  const fake = createFakeEngine({ images: [fakeImage('a')] })
  const open = fake.engine['system.events']
  const data = createLiveData({
    ...fake.engine,
    'system.events': (async (...args: Parameters<typeof open>) => {
      await new Promise((resolve) => setTimeout(resolve, 3000))
      return open(...args)
    }) as typeof open,
  })
  const leave = data.images.subscribe(() => {})
  await vi.advanceTimersByTimeAsync(1500)
  expect(data.images.get().items).toHaveLength(1)
  fake.state.images = [fakeImage('a'), fakeImage('b')]
  await vi.advanceTimersByTimeAsync(2000)
  expect(data.images.get().items).toHaveLength(2)
  leave()
})

test('a failing list keeps its data, reports why, and recovers', async () => {
  let broken = false
  const pods = [fakePod('p', [])]
  const fake = createFakeEngine(
    { pods },
    {
      'pod.list': async () => {
        if (broken) throw new EngineError('EngineUnreachable', 'gone')
        return pods
      },
    },
  )
  const data = createLiveData(fake.engine)
  const leave = data.pods.subscribe(() => {})
  await settle()
  broken = true
  void data.pods.refresh()
  await settle()
  expect([data.pods.get().items?.length, data.pods.get().error?.code]).toEqual([1, 'EngineUnreachable'])
  broken = false
  void data.pods.refresh()
  await settle()
  expect(data.pods.get().error).toBeUndefined()
  leave()
})

test('without events the list still comes', async () => {
  const fake = createFakeEngine({ containers: [fakeContainer('a')] }, { 'system.events': () => new Promise(() => {}) })
  const data = createLiveData(fake.engine)
  const leave = data.containers.subscribe(() => {})
  await vi.advanceTimersByTimeAsync(1500)
  expect(data.containers.get().items).toHaveLength(1)
  leave()
})

test('a tick tells only the cells of its containers, and all at once', async () => {
  const fake = createFakeEngine(
    { containers: [fakeContainer('a'), fakeContainer('b')] },
    { 'usage.history': async () => ({ containers: [] }) },
  )
  const data = createLiveData(fake.engine)
  const [a, b, all] = [vi.fn(), vi.fn(), vi.fn()]
  const leave = [data.stats.of('a').subscribe(a), data.stats.of('b').subscribe(b), data.stats.all.subscribe(all)]
  await settle()
  fake.tick({ Error: null, Stats: [fakeStats('a', { CPU: 12, MemUsage: 99 })] })
  await settle()
  expect([a.mock.calls.length, b.mock.calls.length, all.mock.calls.length]).toEqual([1, 0, 1])
  expect(data.stats.of('a').get()?.latest).toMatchObject({ cpu: 12, memory: 99 })
  data.stats.seed(new Map([['a', [{ time: 1, cpu: 3, memory: 4 }]]]))
  expect(
    data.stats
      .of('a')
      .get()
      ?.samples.map(({ cpu }) => cpu),
  ).toEqual([3, 12])
  fake.tick({ Error: null, Stats: [] })
  await settle()
  expect(data.stats.of('a').get()).toBeUndefined()
  leave.forEach((each) => each())
})

test('what was recorded fills the small charts at once, and again after a cut', async () => {
  const id = fakeContainer('a').Id
  let start = 1000
  const fake = createFakeEngine(
    { containers: [fakeContainer('a')] },
    {
      'usage.history': async () => ({
        containers: [{ id, step: 1, start: (start += 10), cpu: [1, null, 3], memory: [10, null, 30] }],
      }),
    },
  )
  const data = createLiveData(fake.engine)
  const leave = data.stats.of(id).subscribe(() => {})
  const tick = () => fake.tick({ Error: null, Stats: [fakeStats(id, { CPU: 9 })] })
  await settle()
  tick()
  await settle()
  expect(cpuOf()?.toSorted()).toEqual([1, 3, 9])
  await vi.advanceTimersByTimeAsync(7000)
  fake.interrupt()
  await vi.advanceTimersByTimeAsync(8000)
  tick()
  await settle()
  expect(cpuOf()?.toSorted()).toEqual([1, 1, 3, 3, 9, 9])
  expect(fake.calls.filter((name) => name === 'usage.history')).toHaveLength(2)
  leave()

  function cpuOf() {
    return data.stats
      .of(id)
      .get()
      ?.samples.map(({ cpu }) => cpu)
  }
})

test('the figures of a restarted container begin again, and rates are those between two ticks', async () => {
  const fake = createFakeEngine({}, { 'usage.history': async () => ({ containers: [] }) })
  const data = asPodman(fake.engine)
  const leave = data.stats.of('a').subscribe(() => {})
  await settle()
  const tick = (second: number, cpuNano: number, written: number) =>
    fake.tick({
      Error: null,
      Stats: [fakeStats('a', { CPU: second, CPUNano: cpuNano, SystemNano: second * 1e9, BlockOutput: written, Network: null })],
    })
  tick(1, 10, 0)
  tick(3, 20, 500)
  await settle()
  expect(data.stats.of('a').get()?.latest).toMatchObject({ time: 3000, write: 250, read: 0, rx: undefined })
  tick(4, 5, 900)
  await settle()
  expect(data.stats.of('a').get()?.samples).toEqual([{ time: 4000, cpu: 4, memory: 64 * 1024 ** 2 }])
  leave()
})
