import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { streamJournal } from './journal.ts'
import { hasJournal } from '../../adapters/journal.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-journal-'))
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

const entry = (cursor: string, MESSAGE: unknown, more: object = {}) =>
  JSON.stringify({ __CURSOR: cursor, __REALTIME_TIMESTAMP: '1700000000000001', MESSAGE, PRIORITY: '6', ...more })

/** A journalctl of ours, which notes how it was called. */
function journalctl(script: string): void {
  writeFileSync(path.join(folder, 'journalctl'), `#!/bin/sh\necho "$@" >>${folder}/calls\n${script}\n`)
  chmodSync(path.join(folder, 'journalctl'), 0o755)
}

const all = { stdout: true, stderr: true, timestamps: false }

test('entries become output of both streams; parts of a line are joined, and bytes kept', async () => {
  const lines = [
    entry('a', 'one', { CONTAINER_PARTIAL_MESSAGE: 'true' }),
    entry('b', ' line\n'),
    'no JSON',
    entry('c', [255, 10], { PRIORITY: '3' }),
  ]
  writeFileSync(path.join(folder, 'lines'), `${lines.join('\n')}\n`)
  journalctl(`cat ${folder}/lines`)
  const chunks = await Array.fromAsync(streamJournal('id', { ...all, tail: 5 }))
  expect(chunks.map(({ stream, data }) => [stream, Buffer.from(data).toString('latin1')])).toEqual([
    ['stdout', 'one'],
    ['stdout', ' line\n'],
    ['stderr', '\u00ff\n'],
  ])
  const timed = await Array.fromAsync(streamJournal('id', { ...all, stderr: false, timestamps: true }))
  expect(Buffer.concat(timed.map(({ data }) => data)).toString()).toBe('2023-11-14T22:13:20.000001Z one line\n')
})

test('following ends with the container, and what came at the end is read after the last entry', async () => {
  journalctl(`case "$*" in
    *--after-cursor=a*) echo '${entry('b', 'last')}' ;;
    *) echo '${entry('a', 'first')}'; exec sleep 60 ;;
  esac`)
  const end = Promise.withResolvers<void>()
  const seen: string[] = []
  for await (const { data } of streamJournal('id', { ...all, follow: end.promise })) {
    seen.push(Buffer.from(data).toString())
    end.resolve()
  }
  expect(seen).toEqual(['first\n', 'last\n'])
})

test('without its socket there is no journal', () => {
  expect(hasJournal(path.join(folder, 'none'))).toBe(false)
})
