import { expect, test } from 'vitest'

import { commands, hiddenCommands } from '../command-list.ts'
import { manPages } from './man-pages.ts'

test('the manual has every command that people use, and no other', async () => {
  const pages = await manPages('1.0.0')
  for (const name of Object.keys(commands)) {
    expect(`berth-${name.replaceAll(' ', '-')}.1` in pages).toBe(!hiddenCommands.has(name))
  }
  expect(pages['berth-run.1']).toContain('\n.B \\-v, \\-\\-volume stringArray\n')
})

test('no line of text is taken for a request of roff', async () => {
  const known = /^\.(TH|SH|TP|B|BR|nf|fi)\b/
  for (const page of Object.values(await manPages('1.0.0'))) {
    const requests = page.split('\n').filter((line) => line.startsWith('.'))
    expect(requests.filter((line) => !known.test(line))).toEqual([])
  }
})
