import { expect, test } from 'vitest'

import { align, append, maxSamples, merge, mergeSamples, type Series } from './series.ts'

const sample = (time: number, cpu = time) => ({ time, cpu, memory: cpu * 10 })

test('a series keeps its newest samples', () => {
  let series: Series | undefined
  for (let time = 0; time < maxSamples + 10; time += 1) series = append(series, sample(time))
  expect([series!.samples.length, series!.samples[0]!.time, series!.latest.time]).toEqual([maxSamples, 10, maxSamples + 9])
})

test('recorded samples come before and between live ones, and never twice', () => {
  const live = append(append(undefined, sample(10_400)), sample(13_400))
  const recorded = [8, 9, 10, 11, 12].map((second) => sample(second * 1000, 99))
  expect(merge(live, recorded).samples.map(({ time }) => time)).toEqual([8000, 9000, 10_400, 11_000, 12_000, 13_400])
  expect(mergeSamples([sample(0), sample(15_000)], [sample(16_000)], 15).map(({ time }) => time)).toEqual([0, 16_000])
})

test('series on one time line: a late tick is bridged, a gap stays a gap', () => {
  const { times, values } = align(new Map([['a', [sample(1000, 1), sample(2999, 3), sample(8000, 8)]]]), 'cpu', 8500, 1000, 8)
  expect(times).toEqual([1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000])
  expect(values.get('a')).toEqual([1, 3, undefined, undefined, undefined, undefined, undefined, 8])
  expect(align(new Map([['a', [sample(1000, 1), sample(3000, 3)]]]), 'cpu', 3000, 1000, 3).values.get('a')).toEqual([1, 1, 3])
})

test('several samples of one step are their mean, and what is not known is none', () => {
  const samples = [sample(0, 2), sample(1000, 4), { ...sample(2000, 8), rx: 5 }]
  expect(align(new Map([['a', samples]]), 'cpu', 3999, 2000, 2).values.get('a')).toEqual([3, 8])
  expect(align(new Map([['a', samples]]), 'rx', 3999, 2000, 2).values.get('a')).toEqual([undefined, 5])
})
