import { expect, test } from 'vitest'

import { align, append, maxSamples, prepend, type Series } from './series.ts'

const sample = (time: number, cpu = time) => ({ time, cpu, memory: cpu * 10 })

test('a series keeps its newest samples', () => {
  let series: Series | undefined
  for (let time = 0; time < maxSamples + 10; time += 1) series = append(series, sample(time), 5)
  expect([series!.samples.length, series!.samples[0]!.time, series!.latest.time, series!.limit]).toEqual([
    maxSamples,
    10,
    maxSamples + 9,
    5,
  ])
})

test('recorded samples come before live ones, and never twice', () => {
  const live = append(append(undefined, sample(10), 0), sample(11), 0)
  expect(prepend(live, [sample(8), sample(9), sample(10, 99)]).samples.map(({ time }) => time)).toEqual([8, 9, 10, 11])
})

test('series on one time line: a late tick is bridged, a gap stays a gap', () => {
  const { times, values } = align(new Map([['a', [sample(1000, 1), sample(2999, 3), sample(8000, 8)]]]), 'cpu', 8500, 1000, 8)
  expect(times).toEqual([1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000])
  expect(values.get('a')).toEqual([1, 3, undefined, undefined, undefined, undefined, undefined, 8])
  expect(align(new Map([['a', [sample(1000, 1), sample(3000, 3)]]]), 'cpu', 3000, 1000, 3).values.get('a')).toEqual([1, 1, 3])
})
