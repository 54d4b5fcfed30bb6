import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { relayLines } from './relay-lines.ts'

async function relayed(...chunks: string[]): Promise<string[]> {
  const source = new PassThrough()
  const lines: string[] = []
  relayLines(source, (line) => lines.push(line))
  for (const chunk of chunks) source.write(chunk)
  source.end()
  await new Promise((resolve) => source.once('close', resolve))
  return lines
}

test('lines are passed on whole, however they arrive, without what could steer a terminal', async () => {
  expect(await relayed('on', 'e\ntwo\n\x1b[2Jthr', 'ee')).toEqual(['one', 'two', '\ufffd[2Jthree'])
})

test('long lines are cut and floods are dropped', async () => {
  const [line] = await relayed(`${'x'.repeat(5000)}\n`)
  expect(line).toHaveLength(2000)
  const lines = await relayed('y\n'.repeat(5000))
  expect(lines).toHaveLength(100)
  expect(lines.at(-1)).toMatch(/dropped/)
})
