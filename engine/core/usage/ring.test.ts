import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { readHistory } from './history.ts'
import { ringFile, tidyRings } from './ring-folder.ts'
import { readRing, readRingName, recordSample, ringFileBytes } from './ring.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ring-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const start = 1_800_000_000

test('what was recorded is read back, and gaps stay gaps', () => {
  const file = ringFile(folder, 'web')
  recordSample(file, 'web', start, { cpu: 12.5, memory: 1024 })
  recordSample(file, 'web', start + 2, { cpu: 25, memory: 2048 })
  expect(readRing(file, 0, start - 1, start + 3)).toEqual([
    null,
    { cpu: 12.5, memory: 1024 },
    null,
    { cpu: 25, memory: 2048 },
    null,
  ])
  expect(readRingName(file)).toBe('web')
})

test('coarser rings hold means, also over a restart of the writer', () => {
  const file = ringFile(folder, 'web')
  for (let second = 0; second < 600; second++)
    recordSample(file, 'web', start + second, { cpu: second < 300 ? 10 : 30, memory: 4096 })
  const day = readHistory(file, start + 599, 86_400)
  expect(day.step).toBe(15)
  expect(day.cpu.at(-1)).toBe(30)
  expect(day.cpu.filter((value) => value !== null)).toHaveLength(40)
  const month = readHistory(file, start + 599, 30 * 86_400)
  expect(month.step).toBe(300)
  expect(month.cpu.slice(-2)).toEqual([10, 30])
  expect(month.cpu).toHaveLength(8640)
})

test('a ring wraps: what is older than its span is gone', () => {
  const file = ringFile(folder, 'web')
  for (const second of [0, 1, 900, 901]) recordSample(file, 'web', start + second, { cpu: second, memory: 1 })
  expect(readRing(file, 0, start, start + 1)).toEqual([null, null])
  const history = readHistory(file, start + 901, 900)
  expect(history).toMatchObject({ step: 1, start: start + 2 })
  expect(history.cpu.slice(-2)).toEqual([900, 901])
  expect(statSync(file).size).toBeLessThanOrEqual(ringFileBytes)
})

test('a damaged slot or file reads as a gap and is written over', () => {
  const file = ringFile(folder, 'web')
  writeFileSync(file, 'short')
  expect(readRing(file, 0, start, start)).toEqual([null])
  recordSample(file, 'web', start, { cpu: 1, memory: 1 })
  expect(readRing(file, 0, start, start)).toEqual([{ cpu: 1, memory: 1 }])
  writeFileSync(file, Buffer.alloc(ringFileBytes, 0xff))
  expect(readRing(file, 0, start, start)).toEqual([null])
  expect(readRingName(file)).toBeNull()
})

test('the number of rings is bounded, and the latest stay', () => {
  for (const [index, name] of ['a', 'b', 'c'].entries()) {
    recordSample(ringFile(folder, name), name, start, { cpu: 1, memory: 1 })
    utimesSync(ringFile(folder, name), index + 1, index + 1)
  }
  tidyRings(folder, 0, 2)
  expect(readdirSync(folder)).toHaveLength(2)
  tidyRings(folder, 2500, 2)
  expect(readdirSync(folder)).toEqual([path.basename(ringFile(folder, 'c'))])
})

test('a sample costs well under 100 µs', () => {
  const file = ringFile(folder, 'web')
  const begin = performance.now()
  for (let second = 0; second < 2000; second++) recordSample(file, 'web', start + second, { cpu: 1, memory: 1 })
  expect((performance.now() - begin) / 2000).toBeLessThan(0.5)
})
