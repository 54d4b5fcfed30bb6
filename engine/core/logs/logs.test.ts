import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { parseLogEntry } from './entry.ts'
import { type LogStreamOptions, streamLog } from './stream.ts'
import { tailOffset } from './tail.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'log-'))
  file = path.join(folder, 'ctr.log')
})
afterEach(() => rmSync(folder, { recursive: true }))

const at = (second: number) => `2026-11-24T09:00:${String(second).padStart(2, '0')}.294252576+00:00`
const both = { stdout: true, stderr: true, timestamps: false }

async function read(options: Partial<LogStreamOptions> = {}): Promise<string[]> {
  const chunks: string[] = []
  for await (const { stream, data } of streamLog({ file, ...both, ...options }))
    chunks.push(`${stream}:${Buffer.from(data).toString()}`)
  return chunks
}

test('entries are read as conmon writes them, and foreign lines are none', () => {
  expect(parseLogEntry(Buffer.from(`${at(1)} stdout F hello world`))).toMatchObject({
    stream: 'stdout',
    partial: false,
    text: Buffer.from('hello world'),
  })
  expect(parseLogEntry(Buffer.from(`${at(1)} stderr P:tag x`))).toMatchObject({
    stream: 'stderr',
    partial: true,
    text: Buffer.from('x'),
  })
  for (const wrong of ['', 'x', `${at(1)} stdin F x`, `${at(1)} stdout X x`, `${at(1)} stdout F`])
    expect(parseLogEntry(Buffer.from(wrong))).toBeNull()
})

test('lines come in order, partial ones joined, with one time each', async () => {
  writeFileSync(
    file,
    `${at(1)} stdout F one\n${at(2)} stdout P tw\n${at(3)} stdout F o\n${at(4)} stderr F err\nrubbish\n${at(5)} stdout P end`,
  )
  expect(await read()).toEqual(['stdout:one\ntwo\n', 'stderr:err\n'])
  appendFileSync(file, '\n')
  expect(await read()).toEqual(['stdout:one\ntwo\n', 'stderr:err\n', 'stdout:end'])
  expect(await read({ stderr: false, timestamps: true })).toEqual([
    'stdout:2026-11-24T09:00:01.294252576Z one\n2026-11-24T09:00:02.294252576Z two\n2026-11-24T09:00:05.294252576Z end',
  ])
  const second = 1795510800n * 1_000_000_000n
  expect(await read({ since: second + 4_000_000_000n })).toEqual(['stderr:err\n', 'stdout:end'])
  expect(await read({ until: second + 2_000_000_000n })).toEqual(['stdout:one\n'])
})

test('a missing log is empty', async () => {
  expect(await read()).toEqual([])
})

test('the tail is found from the end, over block borders', async () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `${at(1)} stdout F line ${index}\n`)
  writeFileSync(file, lines.join(''))
  expect(await read({ tail: 2 })).toEqual(['stdout:line 19998\nline 19999\n'])
  expect((await read({ tail: 5000 })).join('').split('line').length - 1).toBe(5000)
  expect((await read({ tail: 30_000 })).join('').split('line').length - 1).toBe(20_000)
  expect(await read({ tail: 0 })).toEqual([])
  appendFileSync(file, `${at(1)} stdout P begun\n`)
  expect(await read({ tail: 1 })).toEqual(['stdout:begun'])
  expect(await read({ tail: 2 })).toEqual(['stdout:line 19999\nbegun'])
  appendFileSync(file, `${at(1)} stdout P , and more\n`)
  expect(await read({ tail: 2 })).toEqual(['stdout:line 19999\nbegun, and more'])
  const handle = await open(file)
  const { size } = await handle.stat()
  const begin = performance.now()
  await tailOffset(handle, size, 10)
  expect(performance.now() - begin).toBeLessThan(20)
  await handle.close()
})

test('following yields new lines, continues in a new file, and ends with the container', async () => {
  writeFileSync(file, `${at(1)} stdout F one\n`)
  const ended = Promise.withResolvers<void>()
  const seen: string[] = []
  const done = (async () => {
    for await (const { data } of streamLog({ file, ...both, follow: ended.promise })) seen.push(Buffer.from(data).toString())
  })()
  await expect.poll(() => seen).toEqual(['one\n'])
  appendFileSync(file, `${at(2)} stdout F tw`)
  appendFileSync(file, `o\n`)
  await expect.poll(() => seen.join('')).toBe('one\ntwo\n')
  appendFileSync(file, `${at(3)} stdout F three\n`)
  writeFileSync(`${file}.tmp`, `${at(4)} stdout F four\n`)
  renameSync(`${file}.tmp`, file)
  await expect.poll(() => seen.join('')).toBe('one\ntwo\nthree\nfour\n')
  appendFileSync(file, `${at(5)} stdout F five\n`)
  ended.resolve()
  await done
  expect(seen.join('')).toBe('one\ntwo\nthree\nfour\nfive\n')
})

test('a reader that leaves stops the following', async () => {
  writeFileSync(file, `${at(1)} stdout F one\n`)
  const abort = new AbortController()
  const iterator = streamLog({ file, ...both, follow: new Promise(() => {}), signal: abort.signal })
  await iterator.next()
  const waiting = iterator.next()
  abort.abort()
  expect(await waiting).toEqual({ done: true, value: undefined })
})
