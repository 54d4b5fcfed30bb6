import { expect, test } from 'vitest'

import { readPairs, withPairs } from './pair-lines.tsx'

test('lines of an environment file are pairs', () => {
  expect(readPairs('# comment\n\nA=b=c\r\n  B = x\nexport C=1\nD\n=bad\n')).toEqual([
    { name: 'A', value: 'b=c' },
    { name: 'B ', value: ' x' },
    { name: 'C', value: '1' },
    { name: 'D', value: '' },
  ])
})

test('the later one of a name counts, and empty rows are dropped', () => {
  const rows = [
    { name: 'A', value: '1' },
    { name: '', value: '' },
  ]
  expect(withPairs(rows, [{ name: 'A', value: '2' }])).toEqual([{ name: 'A', value: '2' }])
})
