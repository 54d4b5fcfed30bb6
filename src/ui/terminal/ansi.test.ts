import { expect, test } from 'vitest'

import { stripAnsi } from '../../../engine/spec/ansi.ts'
import { parseAnsi } from './ansi.ts'

test('colours are kept, and end where they end', () => {
  expect(parseAnsi('a \u001B[1;31mred\u001B[0m b \u001B[92mgreen\u001B[39m c')).toEqual([
    { text: 'a ' },
    { text: 'red', bold: true, color: 'red' },
    { text: ' b ' },
    { text: 'green', color: 'green' },
    { text: ' c', color: undefined },
  ])
})

test('what is meant for terminals is dropped: titles, cursors, bells, 256 colours', () => {
  expect(stripAnsi('\u001B]0;title\u0007a\u001B[2Kb\u001B[10;5Hc\u0007d\u001B[38;5;200me\u001B(Bf\u001B[?25lg')).toBe('abcdefg')
})
