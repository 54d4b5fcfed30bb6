import { expect, test } from 'vitest'

import type { Sample } from '../../../usage/index.ts'
import { type Figures, rounded, toFigures } from './figures.ts'
import { openMeans } from './means.ts'
import { openReports } from './reports.ts'
import type { Tick } from './sampler.ts'

const sample = (cpu: number, memory: number, rx = Number.NaN): Sample => ({ cpu, memory, rx, tx: Number.NaN, read: 0, write: 0 })

test('figures are rounded to what is shown, and the same as long as that is', () => {
  expect([rounded('cpu', 12.345), rounded('memory', 5_555_555), rounded('memory', 1000.4), rounded('rx', 123_456)]).toEqual([
    12.3, 5_557_453, 1000, 123_000,
  ])
  const first = toFigures(7, sample(1.01, 64 * 1024 ** 2), undefined)
  expect(first.values).toEqual({ cpu: 1, memory: 64 * 1024 ** 2, read: 0, write: 0 })
  expect(toFigures(7, sample(1.04, 64 * 1024 ** 2 + 4096), first)).toBe(first)
  expect(toFigures(7, sample(1.06, 64 * 1024 ** 2), first)).not.toBe(first)
  expect(toFigures(8, sample(1.01, 64 * 1024 ** 2), first)).not.toBe(first)
})

const tick = (time: number, figures: Record<string, Figures>, total = { cpu: 0, memory: 0 }): Tick => ({
  time,
  figures: new Map(Object.entries(figures)),
  total,
})
const [a, b] = [toFigures(1, sample(1, 10), undefined), toFigures(2, sample(2, 20), undefined)]

test('a report has what changed of those in sight', () => {
  const reports = openReports(['cpu', 'memory'], true)
  const shown = new Set(['a', 'gone'])
  expect(reports.next(tick(1, { a, b }), shown)).toEqual({
    time: 1,
    containers: [{ id: 'a', cpu: 1, memory: 10 }],
    total: { cpu: 0, memory: 0 },
  })
  expect(reports.next(tick(2, { a, b: toFigures(2, sample(9, 20), b) }), shown)).toEqual({ time: 2 })
  // What was not asked for may change.
  expect(reports.next(tick(3, { a: toFigures(1, sample(1, 10, 99), a) }), shown)).toEqual({ time: 3 })
  const restarted = toFigures(5, sample(1, 10), undefined)
  expect(reports.next(tick(4, { a: restarted }, { cpu: 1, memory: 0 }), shown)).toEqual({
    time: 4,
    gone: ['a'],
    containers: [{ id: 'a', cpu: 1, memory: 10 }],
    total: { cpu: 1, memory: 0 },
  })
  expect(reports.next(tick(5, { a: restarted, b }, { cpu: 1, memory: 0 }), new Set(['b']))).toEqual({
    time: 5,
    gone: ['a'],
    containers: [{ id: 'b', cpu: 2, memory: 20 }],
  })
})

test('all that run are reported where none is named', () => {
  const reports = openReports(['cpu'], false)
  expect(reports.next(tick(1, { a, b }), undefined)).toEqual({
    time: 1,
    containers: [
      { id: 'a', cpu: 1 },
      { id: 'b', cpu: 2 },
    ],
  })
  expect(reports.next(tick(2, { b }), undefined)).toEqual({ time: 2, gone: ['a'] })
})

test('those that use most do so over minutes, and what was recorded counts', () => {
  const means = openMeans()
  means.count('small', { cpu: 0, memory: 900 }, 2000)
  means.count('busy', { cpu: 50, memory: 1 }, 2000)
  means.count('was-busy', { cpu: 0, memory: 2 }, 2000)
  means.begin('was-busy', { cpu: 80, memory: 2 })
  means.count('was-busy', { cpu: 0, memory: 2 }, 2000)
  expect([...means.top(1)]).toEqual(['was-busy', 'small'])
  for (let time = 0; time < 600_000; time += 2000) means.count('was-busy', { cpu: 0, memory: 2 }, 2000)
  expect([...means.top(1)]).toEqual(['busy', 'small'])
  means.keep(new Set(['small']))
  expect([...means.top(3)]).toEqual(['small'])
})
