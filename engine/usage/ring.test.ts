import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { readHistory } from './history.ts'
import { ringFile, tidyRings } from './ring-folder.ts'
import { readRing, readRingKey, recordSamples, ringFileBytes } from './ring.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ring-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const start = 1_800_000_000
const sample = (cpu: number, memory = 4096, rx = 0) => ({ cpu, memory, rx, tx: 0, read: 0, write: 0 })
const record = (file: string, second: number, cpu: number, memory?: number) =>
  recordSamples(file, 'web', [{ second, sample: sample(cpu, memory) }])

test('what was recorded is read back, and gaps stay gaps', () => {
  const file = ringFile(folder, 'web')
  recordSamples(file, 'web', [
    { second: start, sample: { cpu: 12.5, memory: 1024, rx: 1, tx: 2, read: 3, write: Number.NaN } },
    { second: start + 2, sample: sample(25, 2048) },
  ])
  expect(readRing(file, 0, start - 1, start + 3)).toEqual([
    null,
    { cpu: 12.5, memory: 1024, rx: 1, tx: 2, read: 3, write: Number.NaN },
    null,
    sample(25, 2048),
    null,
  ])
  expect(readRingKey(file)).toBe('web')
})

test('coarser rings hold means, also over a restart of the writer, and of no more than is known', () => {
  const file = ringFile(folder, 'web')
  for (let second = 0; second < 600; second += 15)
    recordSamples(
      file,
      'web',
      Array.from({ length: 15 }, (_each, at) => ({
        second: start + second + at,
        sample: sample(second < 300 ? 10 : 30, 4096, at % 2 === 0 ? 8 : Number.NaN),
      })),
    )
  const now = start + 599
  const day = readHistory([file], { now, seconds: 86_400, points: 0 })
  expect(day.step).toBe(15)
  expect(day.points.at(-1)).toMatchObject({ cpu: 30, rx: 8 })
  expect(day.points.filter((value) => value !== null)).toHaveLength(40)
  const month = readHistory([file], { now, seconds: 30 * 86_400, points: 0 })
  expect(month.step).toBe(300)
  expect(month.points.slice(-2).map((point) => point?.cpu)).toEqual([10, 30])
  expect(month.points).toHaveLength(8640)
})

test('fewer points are means of groups that stay the same from one reading to the next', () => {
  const file = ringFile(folder, 'web')
  for (let second = 0; second < 60; second++) record(file, start + second, second < 30 ? 10 : 20)
  const first = readHistory([file], { now: start + 59, seconds: 60, points: 6 })
  expect(first).toMatchObject({ step: 10, start })
  expect(first.points.map((point) => point?.cpu)).toEqual([10, 10, 10, 20, 20, 20])
  expect(readHistory([file], { now: start + 55, seconds: 60, points: 6 }).start).toBe(start)
})

test('of several files the first that has a point counts', () => {
  const [web, id] = [ringFile(folder, 'web'), ringFile(folder, 'id')]
  record(web, start, 1)
  for (const second of [0, 1]) record(id, start + second, 2)
  expect(readHistory([web, id], { now: start + 2, seconds: 3, points: 0 }).points.map((point) => point?.cpu ?? null)).toEqual([
    1,
    2,
    null,
  ])
})

test('a ring wraps: what is older than its span is gone', () => {
  const file = ringFile(folder, 'web')
  for (const second of [0, 1]) record(file, start + second, second)
  recordSamples(
    file,
    'web',
    [899, 900, 901].map((second) => ({ second: start + second, sample: sample(second) })),
  )
  expect(readRing(file, 0, start, start + 1)).toEqual([null, null])
  const history = readHistory([file], { now: start + 901, seconds: 900, points: 0 })
  expect(history).toMatchObject({ step: 1, start: start + 2 })
  expect(history.points.slice(-3).map((point) => point?.cpu)).toEqual([899, 900, 901])
  expect(statSync(file).size).toBeLessThanOrEqual(ringFileBytes)
})

test('a damaged slot or file reads as a gap and is written over', () => {
  const file = ringFile(folder, 'web')
  writeFileSync(file, 'short')
  expect(readRing(file, 0, start, start)).toEqual([null])
  record(file, start, 1)
  expect(readRing(file, 0, start, start)).toEqual([sample(1)])
  writeFileSync(file, Buffer.alloc(ringFileBytes, 0xff))
  expect(readRing(file, 0, start, start)).toEqual([null])
  expect(readRingKey(file)).toBeNull()
})

test('the number of rings is bounded, and the latest stay', () => {
  for (const [index, name] of ['a', 'b', 'c'].entries()) {
    record(ringFile(folder, name), start, 1)
    utimesSync(ringFile(folder, name), index + 1, index + 1)
  }
  tidyRings(folder, 0, 2)
  expect(readdirSync(folder)).toHaveLength(2)
  tidyRings(folder, 2500, 2)
  expect(readdirSync(folder)).toEqual([path.basename(ringFile(folder, 'c'))])
})
