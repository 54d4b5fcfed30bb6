import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { relieveWhenIdle } from './idle-relief.ts'

const mib = 2 ** 20
let resident: number
let given: number
let worked: number
const memory = {
  resident: () => resident,
  worked: () => worked,
  give() {
    given += 1
    resident -= 5 * mib
  },
}

beforeEach(() => {
  resident = 60 * mib
  given = 0
  worked = 0
  vi.useFakeTimers()
})
afterEach(() => void vi.useRealTimers())

test('memory is given back once requests have stopped for a while, and not while they come', () => {
  const relief = relieveWhenIdle(memory)
  resident = 100 * mib
  for (let count = 0; count < 5; count += 1) {
    relief.touch()
    vi.advanceTimersByTime(2_000)
  }
  expect(given).toBe(0)
  vi.advanceTimersByTime(2_000)
  expect(given).toBe(1)
  // The pages that V8 has kept, too.
  vi.advanceTimersByTime(60_000)
  expect(given).toBe(2)
  relief.stop()
})

test('nor while something goes on between them', () => {
  const relief = relieveWhenIdle(memory)
  resident = 100 * mib
  relief.touch()
  for (let second = 0; second < 20; second += 1) {
    worked += 100
    vi.advanceTimersByTime(1_000)
  }
  expect(given).toBe(0)
  vi.advanceTimersByTime(60_000)
  expect(given).toBe(2)
  relief.stop()
})

test('only when there is more than before', () => {
  const relief = relieveWhenIdle(memory)
  for (const [grown, times] of [
    [7, 0],
    [2, 2],
    [7, 2],
    [9, 4],
  ] as const) {
    resident += grown * mib
    relief.touch()
    vi.advanceTimersByTime(10_000)
    expect(given).toBe(times)
  }
  relief.stop()
})
