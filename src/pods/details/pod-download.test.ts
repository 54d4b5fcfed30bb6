import { expect, test } from 'vitest'

import type { OutputChunk } from '../../../engine/contract/index.ts'
import { mergeLogs } from './pod-download.ts'

async function* chunks(...texts: string[]): AsyncGenerator<OutputChunk> {
  for (const text of texts) yield { stream: 'stdout', data: new TextEncoder().encode(text) }
}

const at = (second: number) => `2026-11-24T09:00:0${second}.000000000Z`

async function textOf(timestamps: boolean): Promise<string> {
  const logs = [
    { name: 'web', chunks: chunks(`${at(1)} one\n${at(3)} th`, `ree\n`) },
    { name: 'db', chunks: chunks(`${at(2)} two\n${at(4)} without end`) },
    { name: 'idle', chunks: chunks() },
  ]
  let text = ''
  for await (const line of mergeLogs(logs, timestamps)) text += line
  return text
}

test('lines of several logs are in the order of their times, with the names of their containers', async () => {
  expect(await textOf(false)).toBe('web one\ndb two\nweb three\ndb without end\n')
  expect(await textOf(true)).toContain(`db ${at(2)} two\nweb ${at(3)} three\n`)
})
