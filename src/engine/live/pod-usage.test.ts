import { expect, test } from 'vitest'

import { createStore } from '../store.ts'
import { sumOfSeries, sumSamples } from './pod-usage.ts'
import type { Series } from './series.ts'

const series = (...samples: [time: number, cpu: number, memory: number][]): Series => {
  const all = samples.map(([time, cpu, memory]) => ({ time, cpu, memory }))
  return { samples: all, latest: all.at(-1)! }
}

test('several containers are one sum, which is the same object until one of them changes', () => {
  const one = createStore<Series | undefined>(undefined)
  const other = createStore<Series | undefined>(undefined)
  const sum = sumOfSeries({ of: (id) => (id === 'one' ? one : other) }, ['one', 'other'])
  let changes = 0
  const leave = sum.subscribe(() => (changes += 1))
  expect(sum.get()).toBeUndefined()
  one.set(series([60_000, 10, 100], [62_000, 20, 200]))
  other.set(series([62_000, 5, 50]))
  expect(sum.get()?.latest).toEqual({ time: 62_000, cpu: 25, memory: 250 })
  expect(sum.get()?.samples).toEqual([
    { time: 60_000, cpu: 10, memory: 100 },
    { time: 62_000, cpu: 25, memory: 250 },
  ])
  expect(sum.get()).toBe(sum.get())
  expect(changes).toBe(2)
  leave()
  one.set(undefined)
  expect(changes).toBe(2)
})

test('where none was measured there is a gap', () => {
  const samples = [series([10_000, 1, 1]).samples, series([20_000, 2, 2]).samples]
  expect(sumSamples(samples, { end: 20_000, step: 2000, count: 10 }).map(({ time }) => time)).toEqual([10_000, 20_000])
})
