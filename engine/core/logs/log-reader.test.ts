import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { lineMatcher } from './line-matcher.ts'
import { openLog, readPage } from './log-reader.ts'
import { longestText } from './read-lines.ts'
import { searchLog } from './search-log.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'log-'))
  file = path.join(folder, 'ctr.log')
})
afterEach(() => rmSync(folder, { recursive: true }))

const start = Date.parse('2026-11-24T09:00:00Z')
/** As conmon writes it: a line every ten milliseconds. */
const at = (index: number) => {
  const milliseconds = start + index * 10
  if (second !== Math.floor(milliseconds / 1000)) {
    second = Math.floor(milliseconds / 1000)
    text = new Date(second * 1000).toISOString().slice(0, 20)
  }
  return `${text}${String(milliseconds % 1000).padStart(3, '0')}294252+00:00`
}
let second = -1
let text = ''
const nanos = (index: number) => BigInt(start + index * 10) * 1_000_000n
const entry = (index: number, text: string, kind = 'stdout F') => `${at(index)} ${kind} ${text}\n`

async function page(from: number, count: number, query?: string) {
  await using log = await openLog(file, {}, undefined)
  return await readPage(log, from, count, query ? await lineMatcher({ query, regex: false, case: false }) : undefined)
}
const texts = async (from: number, count: number) => (await page(from, count)).lines.map(({ text }) => text)

async function search(query: string, options: { regex?: boolean; case?: boolean; from?: number; limit?: number } = {}) {
  const { regex = false, from = 0, limit = 100_000 } = options
  const matcher = await lineMatcher({ query, regex, case: options.case ?? false })
  const found: number[] = []
  let last: { done: boolean; searched: number } | undefined
  for await (const item of searchLog({ file, times: {}, matcher, from, limit })) {
    found.push(...item.lines)
    last = item
  }
  expect(last?.done).toBe(true)
  return { found, searched: last!.searched }
}

test('a missing log and an empty one have no lines', async () => {
  expect(await page(-10, 10)).toMatchObject({ first: 0, end: 0, lines: [] })
  writeFileSync(file, '')
  expect(await page(0, 10)).toMatchObject({ first: 0, end: 0, lines: [] })
  expect((await search('x')).found).toEqual([])
})

test('lines have numbers, from both ends, and what is not complete comes last', async () => {
  const lines = Array.from({ length: 2000 }, (_, index) => entry(index, `line ${index}`))
  writeFileSync(file, `${lines.join('')}rubbish\n${entry(2000, 'begun ', 'stdout P')}${entry(2001, 'err', 'stderr F')}`)
  expect(await texts(0, 2)).toEqual(['line 0', 'line 1'])
  expect(await texts(1234, 2)).toEqual(['line 1234', 'line 1235'])
  expect(await texts(-3, 10)).toEqual(['line 1999', 'err', 'begun '])
  expect(await page(-1, 1)).toMatchObject({ end: 2002, from: 2001 })
  const before = await page(0, 1)
  appendFileSync(file, entry(2002, 'and ended'))
  expect(await texts(-2, 10)).toEqual(['err', 'begun and ended'])
  appendFileSync(file, lines.join(''))
  const after = await page(3000, 1)
  expect(after).toMatchObject({ log: before.log, end: 4002, lines: [{ text: 'line 998' }] })
})

test('another file of that name is another log', async () => {
  writeFileSync(file, entry(1, 'old'))
  const { log } = await page(0, 1)
  writeFileSync(`${file}.new`, entry(2, 'new'))
  renameSync(`${file}.new`, file)
  const other = await page(0, 1)
  expect(other.log).not.toBe(log)
  expect(other.lines[0]!.text).toBe('new')
  // Another one in its place.
  writeFileSync(file, entry(3, 'again'))
  expect(await texts(0, 5)).toEqual(['again'])
})

test('a long line comes cut, with its size, and many of them not all at once', async () => {
  const part = 'ü'.repeat(4000)
  writeFileSync(file, `${entry(1, part, 'stdout P')}${entry(2, part, 'stdout P')}${entry(3, 'end')}${entry(4, 'after')}`)
  const { lines } = await page(0, 5)
  expect(lines.map(({ size }) => size)).toEqual([16_003, 5])
  expect(lines[0]!.text).toBe('ü'.repeat(longestText / 2))
  writeFileSync(file, Array.from({ length: 300 }, (_, index) => entry(index, 'x'.repeat(8000))).join(''))
  const some = await page(0, 300)
  expect(some.lines.length).toBeLessThan(100)
  expect((await page(some.lines.length, 1)).lines).toHaveLength(1)
})

test('times choose lines without reading the others', async () => {
  writeFileSync(file, Array.from({ length: 3000 }, (_, index) => entry(index, `line ${index}`)).join(''))
  const range = async (since?: bigint, until?: bigint) => {
    await using log = await openLog(file, { since, until }, undefined)
    return log.range
  }
  expect(await range()).toEqual({ first: 0, end: 3000 })
  // Every line is 0.294252 ms after its ten milliseconds.
  expect(await range(nanos(1000))).toEqual({ first: 1000, end: 3000 })
  expect(await range(nanos(1000), nanos(1500))).toEqual({ first: 1000, end: 1500 })
  expect(await range(nanos(-5), nanos(4000))).toEqual({ first: 0, end: 3000 })
  expect(await range(nanos(4000))).toEqual({ first: 3000, end: 3000 })
  expect(await range(undefined, nanos(-1))).toEqual({ first: 0, end: 0 })
})

test('a search finds words, with and without case, and expressions, also in what escape sequences and parts cut', async () => {
  const lines = Array.from({ length: 1000 }, (_, index) => entry(index, `line ${index}`))
  lines[300] = entry(300, 'An \u001B[31mER\u001B[0mROR here')
  lines[700] = entry(700, 'an er', 'stdout P') + entry(700, 'ror in two parts')
  writeFileSync(file, lines.join(''))
  expect((await search('error')).found).toEqual([300, 700])
  expect((await search('error', { case: true })).found).toEqual([700])
  expect((await search('ERROR|two parts', { regex: true, case: true })).found).toEqual([300, 700])
  expect((await search('E[r]{2}or', { regex: true })).found).toEqual([300, 700])
  expect((await search('^LINE 99\\d$', { regex: true })).found).toEqual([990, 991, 992, 993, 994, 995, 996, 997, 998, 999])
  expect(await search('line', { from: 990, limit: 3 })).toEqual({ found: [990, 991, 992], searched: 993 })
  expect((await page(300, 1, 'error')).lines[0]!.marks).toEqual([[3, 8]])
  expect((await page(0, 1, 'error')).lines[0]!.marks).toBeUndefined()
})

test('what is no search is refused', async () => {
  const of = (query: string, regex = true) => lineMatcher({ query, regex, case: false })
  for (const query of ['', 'x'.repeat(1001), '(']) await expect(of(query)).rejects.toMatchObject({ code: 'InvalidArgument' })
  expect((await of('(', false)).test('f(x)')).toBe(true)
})

test('a log of 300,000 lines: opened, read at both ends and searched in some hundred milliseconds', async () => {
  const line = (index: number) =>
    entry(
      index,
      `10.88.0.${index % 7} - - "GET /api/items?page=${index} HTTP/1.1" ${index % 1000 === 7 ? 500 : 200} ${index % 37}`,
    )
  writeFileSync(file, Array.from({ length: 300_000 }, (_, index) => line(index)).join(''))
  const times: Record<string, number> = {}
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const begin = performance.now()
    const value = await work()
    times[name] = Math.round(performance.now() - begin)
    return value
  }
  expect((await timed('opening at the end', () => page(-200, 200))).end).toBe(300_000)
  expect((await timed('beginning', () => texts(0, 200)))[0]).toContain('page=0 ')
  expect((await timed('middle', () => texts(123_456, 200)))[0]).toContain('page=123456 ')
  expect((await timed('word', () => search('page=299999 '))).found).toEqual([299_999])
  expect((await timed('word with case', () => search('" 500 ', { case: true }))).found).toHaveLength(300)
  expect((await timed('no such word', () => search('nowhere'))).found).toEqual([])
  expect((await timed('expression', () => search('" 5\\d\\d \\d+$', { regex: true }))).found).toHaveLength(300)
  if (process.env['BERTH_TEST_TIMES']) console.log(times)
})
