import { expect, test } from 'vitest'

import { fakeContainer } from '../testing/fake-data.ts'
import type { Series } from '../engine/live/series.ts'
import { fold, layersOf, maxSeries, othersKey, rank } from './ranking.ts'

const series = (cpu: number, memory: number): Series => {
  const latest = { time: 0, cpu, memory }
  return { samples: [latest], latest }
}

const all = new Map(Array.from({ length: 12 }, (_each, index) => [`c${index}`, series(index, 100 - index)]))

test('each chart ranks by its own figure, and a container keeps its colour', () => {
  expect(rank(all, 'cpu')).toEqual(['c11', 'c10', 'c9', 'c8', 'c7', 'c6', 'c5', 'c4'])
  expect(rank(all, 'memory')).toEqual(['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7'])
  const { cpu, memory } = layersOf(all, [fakeContainer('x')])
  for (const layers of [cpu, memory]) expect(new Set(layers.map(({ color }) => color)).size).toBe(maxSeries + 1)
  const colorIn = (layers: typeof cpu, key: string) => layers.find((each) => each.key === key)?.color
  for (const key of ['c4', 'c5', 'c6', 'c7']) expect(colorIn(cpu, key)).toBe(colorIn(memory, key))
  expect(layersOf(new Map([...all].slice(0, 8)), []).cpu.map(({ key }) => key)).not.toContain(othersKey)
})

test('the infra container of a pod is among the others', () => {
  const infra = fakeContainer('c11', { Id: 'c11', IsInfra: true })
  const { cpu } = layersOf(all, [infra])
  expect(cpu.map(({ key }) => key)).not.toContain('c11')
  expect(cpu).toHaveLength(maxSeries + 1)
  const alone = layersOf(new Map([...all].slice(11)), [infra])
  expect(alone.memory.map(({ key }) => key)).toEqual([othersKey])
})

test('all others have a history: what was recorded of all, less what is shown', () => {
  const shown = [
    { key: 'a', name: 'a', color: '' },
    { key: othersKey, name: '', color: '' },
  ]
  const values = new Map<string, (number | undefined)[]>([
    ['a', [1, 2, 3]],
    ['b', [undefined, undefined, 5]],
    ['c', [undefined, undefined, 6]],
  ])
  const folded = fold({ times: [0, 1, 2], values }, shown, [10, undefined, 13])
  expect([...folded.values.keys()]).toEqual(['a', othersKey])
  expect(folded.values.get(othersKey)).toEqual([9, undefined, 11])
})
