import { expect, test } from 'vitest'

import { commandLine, splitCommand } from './shell-words.ts'

test('words are quoted where a shell would change them', () => {
  expect(commandLine('run', '-e', 'A=b c', "it's", '$HOME', '')).toBe(String.raw`run -e 'A=b c' 'it'\''s' '$HOME' ''`)
})

test.each([
  ['nginx -g "daemon off;"', ['nginx', '-g', 'daemon off;']],
  ['sh -c \'echo "$A"; sleep 1\'', ['sh', '-c', 'echo "$A"; sleep 1']],
  [String.raw`a\ b "c\"d" ''`, ['a b', 'c"d', '']],
  ['  spaced   out  ', ['spaced', 'out']],
  ['un"finished', ['unfinished']],
  ['', []],
])('%s', (text, words) => {
  expect(splitCommand(text)).toEqual(words)
})

test('a command line is read back as its words', () => {
  const words = ['sh', '-c', `i=0; while true; do echo "it's $((i+1))"; done`, '']
  expect(splitCommand(commandLine(...words))).toEqual(words)
})
