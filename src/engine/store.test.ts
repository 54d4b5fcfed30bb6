import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { createStore } from './store.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a store with a life works from the first watcher until a while after the last', () => {
  const stop = vi.fn()
  const start = vi.fn(() => stop)
  const store = createStore(0, { start, linger: 100 })
  const leave = [store.subscribe(() => {}), store.subscribe(() => {})]
  expect(start).toHaveBeenCalledTimes(1)
  leave.forEach((each) => each())
  leave[0]!() // giving back twice is once
  vi.advanceTimersByTime(50)
  const back = store.subscribe(() => {})
  vi.advanceTimersByTime(500)
  expect([start.mock.calls.length, stop.mock.calls.length]).toEqual([1, 0])
  back()
  vi.advanceTimersByTime(100)
  expect(stop).toHaveBeenCalledTimes(1)
})

test('the same value is no change', () => {
  const store = createStore('a')
  const heard = vi.fn()
  store.subscribe(heard)
  store.set('a')
  store.set('b')
  expect(heard).toHaveBeenCalledTimes(1)
})
